"""`python -m eval.decision`: from a set and a kept reading to a section of a settings file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from eval.decision.__main__ import chosen, main
from eval.decision.selective import Step, fit
from eval.engines import LABELLED
from extraction.cli import main as gouji
from extraction.settings import DecisionSettings, load_settings
from tests.eval.data import write_data_set

REPORTS = ("chiyan-2021", "hewan-2020")


@pytest.fixture(scope="module")
def data_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two digital reports; the first is the split `dev`, the second `test`."""
    return write_data_set(tmp_path_factory.mktemp("set") / "data", REPORTS)


def test_a_run_of_gouji_eval_is_read_and_a_small_set_changes_nothing(
    data_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["eval", str(data_set), "--split", "dev", "-o", str(tmp_path / "out" / "data"), "--engine", LABELLED]
    assert gouji([*run, "--workers", "1"]) == 0
    capsys.readouterr()
    picture = tmp_path / "curve.svg"
    arguments = [str(data_set), "--split", "dev", "-o", str(tmp_path / "out"), "--workers", "1"]
    assert main([*arguments, "--picture", str(picture)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("1 reports, ")
    assert picture.read_text(encoding="utf-8").startswith("<?xml")
    block = printed.split("```toml\n")[1].split("```")[0]
    settings = tmp_path / "settings.toml"
    settings.write_text(block, encoding="utf-8")
    assert load_settings(settings).decision == DecisionSettings()
    assert set(tomllib.loads(block)["decision"]) == set(DecisionSettings.__struct_fields__)
    assert "stays: " in block
    assert "No threshold changes." in printed


def test_a_test_split_is_refused(data_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(data_set), "-o", str(tmp_path)]) == 2
    assert "not fitted on a test split" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--error-rate", "0"], ["--confidence", "1"], ["--workers", "0"]])
def test_a_wrong_call_says_so(
    data_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert main([str(data_set), "-o", str(tmp_path), *wrong]) == 2
    assert capsys.readouterr().err.startswith("eval.decision: ")


STEPS = {
    "supported": [Step(0.99, 20_000, 0), Step(0.9, 30_000, 0), Step(0.8, 31_000, 60)],
    "too few": [Step(0.99, 50, 0), Step(0.9, 60, 0), Step(0.8, 65, 1)],
    "errors seen": [Step(0.99, 40, 0), Step(0.95, 50, 0), Step(0.9, 60, 2), Step(0.8, 65, 3)],
    "errors everywhere": [Step(0.99, 40, 2), Step(0.9, 60, 2)],
}


@pytest.mark.parametrize(
    ("steps", "value", "why"),
    [
        ("supported", 0.9, "supported"),
        ("too few", 0.9, "stays"),
        ("errors seen", 0.95, "2 of 60 wrong at 0.9"),
        ("errors everywhere", 0.99, "2 of 60 wrong at 0.9"),
    ],
)
def test_a_threshold_moves_only_where_the_set_speaks_for_it(steps: str, value: float, why: str) -> None:
    found = fit(STEPS[steps], 0.0005)
    told = chosen(STEPS[steps], found, 0.9, 0.0005)
    assert told[0] == value
    assert told[1].startswith(why)
