"""New weights against old ones: what is compared, what is promoted, and what a switch that breaks off leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.cli import main
from models.gate.comparison import Comparison, Trial, judged, read_comparison, write_comparison
from models.gate.outcomes import Outcome, changes, uneven
from models.versions import add_version, read_state, sha256_of, switch, versions
from models.weights import WeightsError, numbers_in_use, shipped, weights
from training.gate_page import render_page

SHIPPED = next(known for known in shipped() if known.name == "digits")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "store"
    monkeypatch.setenv("GOUJI_WEIGHTS", str(folder))
    return folder


@pytest.fixture
def run(tmp_path: Path, store: Path) -> Path:
    """A run whose network is the shipped one with a metadata entry more: other bytes, the same readings."""
    return made_run(tmp_path / "run")


def made_run(folder: Path, note: str = "another") -> Path:
    import onnx

    model = onnx.load(SHIPPED.path())
    entry = model.metadata_props.add()
    entry.key, entry.value = "note", note
    (folder / "model").mkdir(parents=True)
    onnx.save(model, folder / "model" / "digits.onnx")
    sha256 = sha256_of(folder / "model" / "digits.onnx")
    card = SHIPPED.path().with_name("model.toml").read_text(encoding="utf-8").replace(SHIPPED.sha256, sha256)
    (folder / "model" / "model.toml").write_text(card, encoding="utf-8")
    return folder


def outcomes(rights: list[bool], kind: str = "row") -> list[Outcome]:
    return [Outcome(f"r{k % 10}", kind, right) for k, right in enumerate(rights)]


def compared(run: Path, old: list[bool], new: list[bool], strict: tuple[str, ...] = ()) -> Comparison:
    """The comparison of a run, written into it."""
    frozen = Trial("frozen", "a test", "0" * 64, 10, False, tuple(changes(outcomes(old), outcomes(new))))
    held_out = Trial("held-out", "a test", "1" * 64, 10, True, frozen.changes)
    active = weights("digits")
    found = Comparison(
        "digits",
        active.sha256,
        active.version,
        sha256_of(run / "model" / "digits.onnx"),
        (frozen, held_out),
        "a test",
        {"seed": 1},
        strict,
    )
    found = judged(found)
    write_comparison(run, found)
    return found


BETTER = ([True] * 900 + [False] * 100, [True] * 1000)
WORSE = ([True] * 1000, [True] * 900 + [False] * 100)


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


def test_a_damaged_version_is_noticed_and_rolled_back(
    run: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compared(run, *BETTER)
    assert main(["models", "promote", str(run)]) == 0
    card = store / "digits" / "1" / "model.toml"
    card.write_text(card.read_text(encoding="utf-8").replace("temperature = ", "temperature = 1"), encoding="utf-8")
    assert "is damaged" in elsewhere(_READING).stdout
    assert main(["models"]) == 2
    assert "gouji models rollback digits" in capsys.readouterr().out
    assert main(["models", "rollback", "digits"]) == 0
    assert elsewhere(_READING).stdout.startswith("reads with")


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

_IN_USE = """
import sys
from models.weights import in_use, pin
pin({name: int(number) for name, _, number in (word.partition("=") for word in sys.argv[1:])})
print(*next((known.version, known.sha256) for known in in_use() if known.name == "digits"))
"""

_READING = """
from models.weights import WeightsError, weights
try:
    print("reads with", weights("digits").verified_path())
except WeightsError as error:
    print(error)
"""


def elsewhere(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Code in a process of its own."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def in_use_elsewhere(*pinned: str) -> tuple[int, str]:
    """The version of the cell recogniser that another process reads with, and its hash."""
    version, sha256 = elsewhere(_IN_USE, *pinned).stdout.split()
    return int(version), sha256


def test_versions_are_numbered_on_and_kept(run: Path, store: Path) -> None:
    for number in (1, 2, 3):
        assert add_version(store, "digits", run / "model") == number
    with pytest.raises(WeightsError, match="there is no version 7"):
        switch(store, "digits", 7, "a test")
    assert read_state(store, "digits").active == 0


def test_another_folder_of_versions_for_one_call(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared(run, *BETTER)
    monkeypatch.setenv("GOUJI_WEIGHTS", os.environ["GOUJI_WEIGHTS"])  # put back what the command sets
    assert main(["--weights", str(tmp_path / "mine"), "models", "promote", str(run)]) == 0
    assert read_state(tmp_path / "mine", "digits").active == 1


@given(st.integers(0, 60), st.integers(0, 60))
def test_how_uneven_a_split_is(gained: int, lost: int) -> None:
    assert 0 < uneven(gained, lost) <= 1
    assert uneven(gained, lost) == uneven(lost, gained)
    if gained > lost:
        assert uneven(gained + 1, lost) <= uneven(gained, lost)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80))
def test_changes_add_up(pairs: list[tuple[bool, bool]]) -> None:
    (found,) = changes(outcomes([a for a, _ in pairs]), outcomes([b for _, b in pairs]))
    assert found.things == len(pairs)
    assert found.gained - found.lost == round(found.change * len(pairs))
    assert found.low <= found.change <= found.high
    assert (found.verdict == "worse") <= (found.lost > found.gained)


def test_other_things_are_not_compared() -> None:
    with pytest.raises(ValueError, match="not shown the same"):
        changes(outcomes([True]), outcomes([True], "column"))


def test_no_gain_a_strict_kind_and_a_loss_in_doubt_are_refused(run: Path) -> None:
    same = compared(run, [True] * 1000, [True] * 1000)
    assert not same.promote
    assert same.reasons == ("nothing is gained on held-out",)
    one_lost = ([False] * 50 + [True] * 950, [True] * 50 + [False] + [True] * 949)
    assert compared(run, *one_lost).promote
    mixed = [True] * 1000, [True] * 999 + [False]
    strict = compared(run, *mixed, strict=("row",))
    assert "not one may be lost" in strict.reasons[0]
    few = compared(run, [True] * 20, [True] * 19 + [False])
    assert "cannot be ruled out" in few.reasons[0]


def test_a_comparison_is_kept_as_it_is_and_shown(run: Path) -> None:
    found = compared(run, *WORSE)
    assert read_comparison(run / "comparison.json") == found
    assert (
        json.loads((run / "comparison.json").read_text(encoding="utf-8"))["sets"][0]["changes"][0]["verdict"] == "worse"
    )
    page = render_page(replace(found, command="<b>"))
    assert "不予启用" in page
    assert "&lt;b&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "可以启用" in render_page(replace(found, promote=True))
