"""Which runs are promoted, and what a switch that breaks off leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction.cli import main
from models.versions import add_version, read_state, sha256_of, switch, versions
from models.weights import WeightsError
from tests.models.gate.elsewhere import elsewhere, in_use_elsewhere
from tests.models.gate.runs import BETTER, SHIPPED, compared, made_run


def test_a_run_without_a_comparison_or_with_another_one_is_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "promote", str(run)]) == 1
    assert "no comparison.json" in capsys.readouterr().err
    other = made_run(tmp_path / "other", "one more")
    compared(other, *BETTER)
    (run / "comparison.json").write_bytes((other / "comparison.json").read_bytes())
    assert main(["models", "promote", str(run)]) == 1
    assert "of other weights" in capsys.readouterr().err


def test_a_comparison_with_what_is_no_longer_in_use_is_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = made_run(tmp_path / "other", "one more")
    for each in (run, other):
        compared(each, *BETTER)
    assert main(["models", "promote", str(run)]) == 0
    assert main(["models", "promote", str(other)]) == 1
    assert "version 1 is in use since" in capsys.readouterr().err


@pytest.mark.usefixtures("store")
def test_what_is_no_network_is_not_promoted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = made_run(tmp_path / "run")
    path = run / "model" / "digits.onnx"
    path.write_bytes(path.read_bytes()[:1000])
    assert main(["models", "promote", str(run), "--force", "because"]) == 2
    assert "is not the file that its model.toml describes" in capsys.readouterr().err
    assert main(["models", "promote", str(tmp_path / "nothing")]) == 2


@pytest.mark.parametrize("point", ["copying", "copied", "switching"])
def test_a_crash_on_the_way_leaves_the_one_or_the_other(run: Path, store: Path, point: str) -> None:
    assert elsewhere(_CRASH, store, run / "model", point).returncode == 9
    assert in_use_elsewhere() == (0, SHIPPED.sha256)
    assert versions(store, "digits") == (() if point == "copying" else (1,))
    compared(run, *BETTER)
    assert main(["models", "promote", str(run)]) == 0  # what is left over is in nobody's way
    active = read_state(store, "digits").active
    assert active == versions(store, "digits")[-1]
    assert in_use_elsewhere() == (active, sha256_of(run / "model" / "digits.onnx"))


_CRASH = """
import os, shutil, sys
from pathlib import Path
from models.versions import add_version
store, model, point = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
if point == "copying":
    shutil.copytree(model, store / "digits" / ".part-broken")
    os._exit(9)
assert add_version(store, "digits", model) == 1
if point == "switching":
    (store / "digits" / ".state.json.broken").write_text('{"active": ')
os._exit(9)
"""


def test_versions_are_numbered_on_and_kept(run: Path, store: Path) -> None:
    for number in (1, 2, 3):
        assert add_version(store, "digits", run / "model") == number
    with pytest.raises(WeightsError, match="there is no version 7"):
        switch(store, "digits", 7, "a test")
    assert read_state(store, "digits").active == 0
