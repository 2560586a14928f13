"""Versions of weights beside the shipped ones: numbered, in a folder of the user's, one of them in use.

    STORE/<name>/<number>/     a version: the network, its card, its comparison; never changed afterwards
    STORE/<name>/state.json    which version is in use, and every switch so far

Version 0 is the shipped one, which is not in the folder. A version is complete before it can be switched to, and a
switch is one rename of `state.json`: an interruption leaves either the old version in use or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_data_path

ENVIRONMENT = "GOUJI_WEIGHTS"
"""The environment variable that names the folder of versions."""

SHIPPED = 0
_STATE, _SUMS = "state.json", "SHA256SUMS"


class WeightsError(Exception):
    """Weights are missing, or are not the ones recorded; a command that meets it ends with `exit_code`."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch from version `before` to `after`: when (UTC, ISO 8601), why, and whether against the gate's verdict."""

    when: str
    before: int
    after: int
    reason: str
    forced: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """The version in use, and the switches so far, oldest first."""

    active: int = SHIPPED
    history: tuple[Switch, ...] = ()


def store_folder() -> Path:
    """Return the folder of versions: `GOUJI_WEIGHTS`, else `gouji/weights` in the user's data folder."""
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    return user_data_path("gouji", appauthor=False) / "weights"


def version_folder(store: Path, name: str, number: int) -> Path:
    """Return the folder of a version other than the shipped one."""
    return store / name / str(number)


def versions(store: Path, name: str) -> tuple[int, ...]:
    """Return the numbers of the stored versions, ascending, without the shipped one."""
    found = (path.parent.name for path in (store / name).glob(f"*/{_SUMS}"))
    return tuple(sorted(int(number) for number in found if number.isdecimal()))


def read_state(store: Path, name: str) -> State:
    """Return which version is in use, the shipped one where nothing was ever switched. Raises WeightsError."""
    path = store / name / _STATE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return State(int(data["active"]), tuple(Switch(**switch) for switch in data["history"]))
    except (FileNotFoundError, NotADirectoryError):
        return State()
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise WeightsError(f"{name}: {path} cannot be read: {error}") from error


def switch(store: Path, name: str, to: int, reason: str, *, forced: bool = False) -> State:
    """Put another version into use and return the new state. Raises WeightsError where it is missing or damaged."""
    if to != SHIPPED:
        verify_version(store, name, to)
    state = read_state(store, name)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    new = State(to, (*state.history, Switch(when, state.active, to, reason, forced)))
    path = store / name / _STATE
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(new), ensure_ascii=False, indent=1) + "\n"
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{_STATE}.")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return new


def before(state: State) -> int | None:
    """Return the version that was in use before the present one; None for the shipped one."""
    for done in reversed(state.history):
        if done.after == state.active and done.before < done.after:
            return done.before
    return None if state.active == SHIPPED else SHIPPED


def add_version(store: Path, name: str, folder: Path) -> int:
    """Store a copy of `folder` as a new version, not in use yet, and return its number."""
    place = store / name
    place.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=place, prefix=".part-"))
    try:
        shutil.copytree(folder, draft, dirs_exist_ok=True)
        draft.chmod(0o755)
        files = sorted(path for path in draft.rglob("*") if path.is_file())
        sums = "".join(f"{sha256_of(path)}  {path.relative_to(draft).as_posix()}\n" for path in files)
        (draft / _SUMS).write_text(sums, encoding="utf-8")
        for path in (*files, draft / _SUMS):
            with path.open("rb") as file:
                os.fsync(file.fileno())
        return _numbered(draft, place, max((*versions(store, name), SHIPPED)) + 1)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _numbered(draft: Path, place: Path, number: int) -> int:
    """Rename the draft to the first free number; another process may add a version at the same time."""
    while True:
        try:
            draft.rename(place / str(number))
        except OSError:
            if not (place / str(number)).exists():
                raise
            number += 1
        else:
            return number


def verify_version(store: Path, name: str, number: int) -> None:
    """Compare every file of a version with the hash recorded when it was added. Raises WeightsError."""
    folder = version_folder(store, name, number)
    for sha256, file in _sums(folder, name, number):
        path = folder / file
        if not path.is_file() or sha256_of(path) != sha256:
            raise WeightsError(
                f"{name}: version {number} is damaged ({path}); gouji models rollback {name} brings back the one before"
            )


def _sums(folder: Path, name: str, number: int) -> Iterator[tuple[str, str]]:
    try:
        lines = (folder / _SUMS).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise WeightsError(
            f"{name}: there is no version {number} in {folder.parent}; gouji models lists those that are kept"
        ) from error
    for line in lines:
        sha256, _, file = line.partition("  ")
        yield sha256, file


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
