"""Which weights are in use, where their files are, and that they are the recorded ones. Nothing is downloaded.

Weights are either inside an installed wheel (path and SHA-256 in the table below), or in the repository under
`models/weights/<name>/`: `<name>.onnx` beside a `model.toml` with its purpose, origin and SHA-256. Another version may
be in use in place of the shipped one (`models.versions`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.versions import SHIPPED, read_state, sha256_of, store_folder, verify_version, version_folder
from models.versions import WeightsError as WeightsError

_FOLDER = "weights"  # of this package
_CARD = "model.toml"


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight file: its purpose, the package it is in, its path there and its SHA-256.

    A `version` other than the shipped one is in the `store`, not in the package.
    """

    name: str
    purpose: str
    package: str
    file: str
    sha256: str
    licence: str = "Apache-2.0"
    version: int = SHIPPED
    store: Path | None = None

    def path(self) -> Path:
        """Return the file on this machine. Raises WeightsError where the package or the file is missing."""
        if self.store is not None:
            return version_folder(self.store, self.name, self.version) / self.file
        spec = find_spec(self.package)
        path = Path(spec.origin).parent / self.file if spec and spec.origin else None
        if path is None or not path.is_file():
            raise WeightsError(f"{self.name}: {self.package}/{self.file} is missing; reinstall gouji")
        return path

    def verified_path(self) -> Path:
        """Return the file after comparing its hash with the recorded one (once a process). Raises WeightsError."""
        if self.store is not None:
            verify_version(self.store, self.name, self.version)
        path = self.path()
        if _sha256(path) != self.sha256:
            raise WeightsError(f"{self.name}: {self.package}/{self.file} is another version; reinstall gouji")
        return path

    def card(self) -> dict[str, Any]:
        """Return `model.toml` beside the file (charset, classes, scores); {} for weights from a wheel."""
        path = self.path().with_name(_CARD)
        return _card(path) if path.is_file() else {}


_IN_WHEELS = (
    Weights(
        "ppocrv6-small-det",
        "finds text lines on a page (PP-OCRv6 small, ONNX)",
        "rapidocr",
        "models/PP-OCRv6_det_small.onnx",
        "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    ),
    Weights(
        "ppocrv6-small-rec",
        "reads a text line (PP-OCRv6 small, ONNX)",
        "rapidocr",
        "models/PP-OCRv6_rec_small.onnx",
        "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    ),
)

_PINNED: dict[str, int] = {}


@cache
def shipped() -> tuple[Weights, ...]:
    """Return all weights that come with Gouji, those in wheels first. Raises WeightsError for a faulty card."""
    return (*_IN_WHEELS, *committed("models"))


def in_use() -> tuple[Weights, ...]:
    """Return the weights that this process reads with: the versions in use when it first asked.

    Raises WeightsError.
    """
    return _in_use(store_folder())


@cache
def _in_use(store: Path) -> tuple[Weights, ...]:
    numbers = {known.name: _PINNED.get(known.name, read_state(store, known.name).active) for known in shipped()}
    return tuple(of_version(known, numbers[known.name], store) for known in shipped())


def of_version(known: Weights, number: int, store: Path) -> Weights:
    """Return another version of shipped weights. Raises WeightsError where its card is missing or faulty."""
    if number == SHIPPED:
        return known
    says = _card(version_folder(store, known.name, number) / _CARD)
    sha256 = str(says.get("sha256", ""))
    return replace(known, file=f"{known.name}.onnx", sha256=sha256, version=number, store=store)


def numbers_in_use() -> dict[str, int]:
    """Return the version number of all weights in use, by name. Raises WeightsError."""
    return {known.name: known.version for known in in_use()}


def pin(numbers: Mapping[str, int]) -> None:
    """Use these versions in this process, whichever are in use elsewhere."""
    _PINNED.update(numbers)
    _in_use.cache_clear()


def committed(package: str) -> tuple[Weights, ...]:
    """Return the weights under `weights/` of a package (every folder with a `model.toml`), by name. Raises
    WeightsError."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise WeightsError(f"the package {package} is missing; reinstall gouji")
    cards = sorted(Path(spec.origin).parent.glob(f"{_FOLDER}/*/{_CARD}"))
    return tuple(_described(package, card) for card in cards)


def _described(package: str, card: Path) -> Weights:
    """Return the weights that a card describes: `purpose` and `sha256` are required, `licence` is optional."""
    name, says = card.parent.name, _card(card)
    try:
        purpose, sha256 = str(says["purpose"]), str(says["sha256"])
    except KeyError as error:
        raise WeightsError(f"{name}: {card.name} has no key {error.args[0]}") from error
    return Weights(
        name, purpose, package, f"{_FOLDER}/{name}/{name}.onnx", sha256, str(says.get("licence", "Apache-2.0"))
    )


def _card(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WeightsError(f"{path.parent.name}: {path.name} cannot be read: {error}") from error


def weights(name: str) -> Weights:
    """Return the weights of this name that are in use. Raises WeightsError."""
    for known in in_use():
        if known.name == name:
            return known
    raise WeightsError(f"there are no weights named {name}; there are {', '.join(w.name for w in shipped())}")


def network(name: str, folder: Path | None = None) -> tuple[Path, dict[str, Any]]:
    """Return the file of a network of ours and its card: of the one in use, or in a `folder` that training has written.

    Raises WeightsError.
    """
    if folder is None:
        return weights(name).verified_path(), weights(name).card()
    return folder / f"{name}.onnx", _card(folder / _CARD)


def verify_all() -> None:
    """Compare every file in use with its recorded hash. Raises WeightsError."""
    for known in in_use():
        known.verified_path()


@cache
def _sha256(path: Path) -> str:
    return sha256_of(path)
