"""`gouji train digits` in small: cells cut, trained, shipped to the run, compared with the network in use, refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is in the extra train")

from annotations.store import read_annotation, write_annotation
from extraction.cli import main
from models.cells.charset import OTHER
from models.cells.reader import CellReading
from models.gate.comparison import read_comparison
from tests.system import needs
from training.digits.evaluate import DevCell
from training.digits.gate import STRICT, _kinds, split_by_organization

MINI = Path(__file__).parents[3] / "annotations" / "mini"
SCAN = "test-167000000"  # three clean pages

SETTINGS = """
seed = 1
[network]
channels = [4, 4, 8, 8]
[shown]
drawn = 20
pages = 0.5
round = 2
[training]
batch = 4
steps = 2
rate = 0.001
warm_up = 1
decay = 0.01
clip = 5.0
average = 0.9
threads = 1
bfloat16 = false
[dev]
cells = 40
"""


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """A data set of one scan with its first table alone."""
    folder = tmp_path / "scans"
    gold = read_annotation(MINI, SCAN)
    write_annotation(folder, replace(gold, tables=gold.tables[:1]))
    shutil.copyfile(MINI / "reports" / gold.documents[0], folder / "reports" / gold.documents[0])
    return folder


@pytest.mark.slow
@needs(fonts=["train"])  # the figures that it is shown are drawn with them
def test_what_has_learnt_nothing_is_compared_and_refused(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GOUJI_WEIGHTS", str(tmp_path / "store"))
    settings, run = tmp_path / "small.toml", tmp_path / "run"
    settings.write_text(SETTINGS, encoding="utf-8")
    call = ["train", "digits", str(run), "--config", str(settings), "--frozen", str(scans), "--annotations", str(scans)]
    assert main(call) == 2
    assert "needs --dev" in capsys.readouterr().err
    assert main([*call, "--dev", str(scans)]) == 0
    comparison = read_comparison(run / "comparison.json")
    frozen, held_out = comparison.sets
    assert {"figures", "accepted", "not silent"} <= {change.kind for change in frozen.changes}
    assert held_out.reports == 0  # of one organization nothing is held out
    assert comparison.strict == STRICT
    assert not comparison.promote
    assert "没有误当作可信的错读" in (run / "comparison.html").read_text(encoding="utf-8")
    assert main(["models", "promote", str(run)]) == 1
    assert "is not promoted" in capsys.readouterr().err


def test_a_single_organization_is_all_learnt_from() -> None:
    gold = read_annotation(MINI, SCAN)
    other = replace(gold, report=replace(gold.report, organization="云屏县水务局"))
    documents = [(gold, Path("a")), (other, Path("b"))]
    learnt, held_out = split_by_organization(documents, 1)
    assert len(learnt) == len(held_out) == 1
    assert split_by_organization(documents[:1], 1) == (documents[:1], [])
    draft = replace(gold, facts={**gold.facts, "draft": "yes"})
    assert split_by_organization([(draft, Path("c"))], 1) == ([], [])


@pytest.mark.parametrize(
    ("text", "read", "probability", "wrong"),
    [
        ("12", "12", 0.99, set()),
        ("12", "12", 0.5, {"accepted"}),
        ("12", "17", 0.99, {"figures", "accepted", "not silent"}),
        ("12", "17", 0.5, {"figures", "accepted"}),
        ("", "-", 0.99, set()),
        ("0", "", 0.5, {"figures", "accepted", "blank or 0"}),
        (OTHER, "12", 0.99, {"other text"}),
        (OTHER, OTHER, 0.99, set()),
    ],
)
def test_what_counts_as_right(text: str, read: str, probability: float, wrong: set[str]) -> None:
    import numpy as np

    cell = DevCell(np.zeros((32, 32), np.uint8), text, "clean")
    kinds = dict(_kinds(CellReading(((read, probability),)), cell))
    assert {kind for kind, right in kinds.items() if not right} == wrong
