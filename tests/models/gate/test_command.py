"""`gouji models`: what is in use, promoted and rolled back, seen from the command line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from extraction.cli import main
from models.versions import read_state, sha256_of, versions
from models.weights import numbers_in_use, weights
from tests.models.gate.elsewhere import in_use_elsewhere, reading_elsewhere
from tests.models.gate.runs import BETTER, SHIPPED, WORSE, compared


def test_a_better_network_is_promoted_used_and_rolled_back(
    run: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compared(run, *BETTER).promote
    assert main(["models", "promote", str(run)]) == 0
    assert read_state(store, "digits").active == 1
    # What reads in this process reads on with what it began with; another process has the new one.
    assert weights("digits").version == 0
    assert in_use_elsewhere() == (1, sha256_of(run / "model" / "digits.onnx"))
    assert in_use_elsewhere(*(f"{name}={k}" for name, k in numbers_in_use().items())) == (
        0,
        SHIPPED.sha256,
    )  # a worker of a run that began before
    capsys.readouterr()
    assert main(["models"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if " digits " in line]
    assert [line[0] for line in lines] == [" ", "*"]
    assert (store / "digits" / "1" / "comparison.json").is_file()
    assert main(["models", "rollback", "digits"]) == 0
    assert in_use_elsewhere() == (0, SHIPPED.sha256)
    assert main(["models", "rollback", "digits"]) == 2  # nothing is before the shipped one
    assert main(["models", "rollback", "digits", "--to", "1"]) == 0
    assert [(s.before, s.after) for s in read_state(store, "digits").history] == [(0, 1), (1, 0), (0, 1)]


def test_a_regression_is_refused_unless_somebody_says_why(
    run: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not compared(run, *WORSE).promote
    assert main(["models", "promote", str(run)]) == 1
    assert "worse beyond chance" in capsys.readouterr().err
    assert versions(store, "digits") == ()
    assert main(["models", "promote", str(run), "--force", "the old one is lost"]) == 0
    (done,) = read_state(store, "digits").history
    assert (done.after, done.reason, done.forced) == (1, "the old one is lost", True)
    assert main(["models", "history", "digits"]) == 0
    assert "FORCED  the old one is lost" in capsys.readouterr().out


def test_a_damaged_version_is_noticed_and_rolled_back(
    run: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compared(run, *BETTER)
    assert main(["models", "promote", str(run)]) == 0
    card = store / "digits" / "1" / "model.toml"
    card.write_text(card.read_text(encoding="utf-8").replace("temperature = ", "temperature = 1"), encoding="utf-8")
    assert "is damaged" in reading_elsewhere()
    assert main(["models"]) == 2
    assert "gouji models rollback digits" in capsys.readouterr().out
    assert main(["models", "rollback", "digits"]) == 0
    assert reading_elsewhere().startswith("reads with")


def test_another_folder_of_versions_for_one_call(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared(run, *BETTER)
    monkeypatch.setenv("GOUJI_WEIGHTS", os.environ["GOUJI_WEIGHTS"])  # put back what the command sets
    assert main(["--weights", str(tmp_path / "mine"), "models", "promote", str(run)]) == 0
    assert read_state(tmp_path / "mine", "digits").active == 1
