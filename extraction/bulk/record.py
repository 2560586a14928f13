"""OUT/run.json: the settings, OCR engine, weights and version that reports are made with, and whether the run ended.

Their digest stands in every line of the manifest; a report with another digest is made again. The limits of `[bulk]`
do not count: they change no report.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from extraction.output.files import DRAFT, in_place_of
from extraction.output.places import is_remote
from extraction.settings import Settings
from models.weights import in_use, numbers_in_use

RECORD = "run.json"
_PACKAGES = ("rapidocr", "paddleocr", "onnxruntime", "pypdfium2", "opencv-python-headless", "numpy", "pillow", "lxml")


def makers(settings: Settings, engine: str) -> dict[str, Any]:
    """What a report depends on beside its file, as JSON values by name. Raises WeightsError."""
    return {
        "gouji": version("gouji"),
        "ocr": engine,
        "settings": {stage: values for stage, values in to_builtins(settings).items() if stage != "bulk"},
        "weights": {w.name: w.sha256 for w in in_use()},
    }


def digest_of(made_by: dict[str, Any]) -> str:
    """The digest of `makers`: sixteen hexadecimal digits."""
    return hashlib.sha256(json.dumps(made_by, sort_keys=True).encode()).hexdigest()[:16]


def begin(out: Path, made_by: dict[str, Any]) -> tuple[str, ...]:
    """Record that a run has begun; the names of makers that differ from the last run's.

    Removes the drafts of a killed run.
    """
    earlier = read_record(out)
    if earlier.get("finished") is False and not is_remote(out):
        for draft in out.rglob(f".*{DRAFT}"):
            draft.unlink(missing_ok=True)
    _write(out, made_by, finished=False)
    return tuple(_differing(earlier.get("made_by", made_by), made_by))


def end(out: Path, made_by: dict[str, Any]) -> None:
    """Record that the run has ended."""
    _write(out, made_by, finished=True)


def read_record(out: Path) -> dict[str, Any]:
    """The record in OUT, {} where there is none or it is damaged."""
    try:
        found = json.loads((out / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def package_versions(packages: Iterable[str]) -> dict[str, str]:
    """The versions of Python and of those packages that are installed, by name."""
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _write(out: Path, made_by: dict[str, Any], *, finished: bool) -> None:
    record = {
        "made_with": digest_of(made_by),
        "made_by": made_by,
        "packages": package_versions(_PACKAGES),  # for information, not in the digest
        "weights_versions": numbers_in_use(),
        "finished": finished,
    }
    with in_place_of(out / RECORD) as file:
        file.write(f"{json.dumps(record, ensure_ascii=False, indent=1)}\n".encode())


def _differing(earlier: Any, now: Any, name: str = "") -> list[str]:
    """The dotted names at which two nested tables differ."""
    if isinstance(earlier, dict) and isinstance(now, dict):
        keys = sorted({*earlier, *now})
        return [d for k in keys for d in _differing(earlier.get(k), now.get(k), f"{name}.{k}" if name else k)]
    return [] if earlier == now else [name]
