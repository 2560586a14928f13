"""Weights beyond the shipped ones: numbered versions in a folder of the user's, one of them in use.

    STORE/<name>/<number>/     a version: the network, its card, what it was compared with; never changed afterwards
    STORE/<name>/state.json    which version is in use, and every switch that led there

Version 0 is the shipped one, which is in no such folder. A version is complete before it can be switched to, and a
switch is one rename of `state.json`: whatever breaks off in between leaves the one version in use or the other.
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
    """One version took the place of another: when (UTC, ISO 8601), why, and whether against the comparison's advice."""

    when: str
    before: int
    after: int
    reason: str
    forced: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """The version in use and the switches so far, the first one first."""

    active: int = SHIPPED
    history: tuple[Switch, ...] = ()


def store_folder() -> Path:
    """Where versions are kept: what `GOUJI_WEIGHTS` says, else `gouji/weights` in the user's data folder."""
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    return user_data_path("gouji", appauthor=False) / "weights"


def version_folder(store: Path, name: str, number: int) -> Path:
    """Where a version other than the shipped one is kept."""
    return store / name / str(number)


def versions(store: Path, name: str) -> tuple[int, ...]:
    """The numbers of the versions that are kept, without the shipped one."""
    found = (path.parent.name for path in (store / name).glob(f"*/{_SUMS}"))
    return tuple(sorted(int(number) for number in found if number.isdecimal()))


def read_state(store: Path, name: str) -> State:
    """Which version is in use; the shipped one where nothing was ever switched. Raises WeightsError."""
    path = store / name / _STATE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return State(int(data["active"]), tuple(Switch(**switch) for switch in data["history"]))
    except (FileNotFoundError, NotADirectoryError):
        return State()
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise WeightsError(f"{name}: {path} cannot be read: {error}") from error


def switch(store: Path, name: str, to: int, reason: str, *, forced: bool = False) -> State:
    """Bring another version into use; raises WeightsError where it is not there or not as it was added."""
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
    """The version that was in use until the one in use now was brought in; None for the shipped one."""
    for done in reversed(state.history):
        if done.after == state.active and done.before < done.after:
            return done.before
    return None if state.active == SHIPPED else SHIPPED


def add_version(store: Path, name: str, folder: Path) -> int:
    """Keep a copy of what is in `folder` as a new version, which is not in use yet; its number."""
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
    """The folder under the first number that is free; another process may be adding a version too."""
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
    """Compare every file of a version with its hash as it was added; raises WeightsError."""
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
    """Of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
