"""Versions of weights in a folder: numbered, verified, switched, damaged."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.versions import (
    SHIPPED,
    State,
    Switch,
    WeightsError,
    add_version,
    before,
    read_state,
    sha256_of,
    store_folder,
    switch,
    verify_version,
    version_folder,
    versions,
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A training's folder of two files, one in a folder below."""
    folder = tmp_path / "run"
    (folder / "checkpoint").mkdir(parents=True)
    (folder / "digits.onnx").write_bytes(b"weights")
    (folder / "checkpoint" / "model.bin").write_bytes(b"more")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_nothing_is_in_use_but_the_shipped_version(store: Path) -> None:
    assert read_state(store, "digits") == State(SHIPPED, ())
    assert versions(store, "digits") == ()
    assert before(read_state(store, "digits")) is None


def test_a_version_is_a_copy_and_not_in_use_yet(store: Path, run: Path) -> None:
    assert add_version(store, "digits", run) == 1
    (run / "digits.onnx").write_bytes(b"changed")
    kept = version_folder(store, "digits", 1)
    assert (kept / "digits.onnx").read_bytes() == b"weights"
    assert (kept / "checkpoint" / "model.bin").read_bytes() == b"more"
    verify_version(store, "digits", 1)
    assert read_state(store, "digits").active == SHIPPED


@pytest.mark.parametrize("file", ["digits.onnx", "checkpoint/model.bin"])
@pytest.mark.parametrize("missing", [False, True])
def test_a_damaged_version_is_named_and_not_switched_to(store: Path, run: Path, file: str, missing: bool) -> None:
    add_version(store, "digits", run)
    path = version_folder(store, "digits", 1) / file
    if missing:
        path.unlink()
    else:
        path.write_bytes(b"other")
    with pytest.raises(WeightsError, match="version 1 is damaged"):
        switch(store, "digits", 1, "a test")
    assert read_state(store, "digits").active == SHIPPED


def test_a_version_that_is_not_there_is_named(store: Path) -> None:
    with pytest.raises(WeightsError, match="there is no version 3"):
        verify_version(store, "digits", 3)


def test_a_switch_is_recorded(store: Path, run: Path) -> None:
    add_version(store, "digits", run)
    switch(store, "digits", 1, "better")
    state = switch(store, "digits", SHIPPED, "worse after all", forced=True)
    assert state == read_state(store, "digits")
    assert [(s.before, s.after, s.reason, s.forced) for s in state.history] == [
        (0, 1, "better", False),
        (1, 0, "worse after all", True),
    ]
    assert read_state(store, "labeller") == State()


@pytest.mark.parametrize("text", ["", "[]", '{"active": 1}', '{"active": "x", "history": []}'])
def test_a_state_that_cannot_be_read_is_named(store: Path, text: str) -> None:
    (store / "digits").mkdir(parents=True)
    (store / "digits" / "state.json").write_text(text, encoding="utf-8")
    with pytest.raises(WeightsError, match=r"state\.json cannot be read"):
        read_state(store, "digits")


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_going_back_ends_at_the_shipped_version(numbers: list[int]) -> None:
    """Whatever was switched to, going back again and again reaches the shipped version."""
    steps = list(zip([SHIPPED, *numbers], numbers, strict=False))
    state = State(numbers[-1], tuple(Switch("", old, new, "") for old, new in steps))
    for _ in range(len(numbers) + 1):
        former = before(state)
        if former is None:
            break
        assert former < state.active
        state = State(former, (*state.history, Switch("", state.active, former, "back")))
    assert state.active == SHIPPED


def test_the_folder_is_that_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOUJI_WEIGHTS", str(tmp_path))
    assert store_folder() == tmp_path
    monkeypatch.delenv("GOUJI_WEIGHTS")
    assert store_folder().parts[-2:] == ("gouji", "weights")


@given(st.binary(max_size=2000))
def test_hash_of_a_file(content: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(content)
        assert sha256_of(path) == hashlib.sha256(content).hexdigest()
