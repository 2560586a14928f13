"""All settings of all stages, as small frozen dataclasses, gathered from one TOML file.

    [ingest]
    max_bytes = 200_000_000

An unknown section or key, or a value of the wrong type, raises `UsageError` and names itself.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from extraction.errors import UsageError


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """Limits on one input file, and how PDF pages are rendered."""

    max_bytes: int = 100_000_000
    max_pages: int = 300
    max_page_pixels: int = 50_000_000
    max_unpacked_bytes: int = 300_000_000  # of a DOCX's parts together, before any is parsed
    scan_dpi: int = 200  # pictures of pages are brought to about this resolution before reading
    digital_dpi: int = 200  # hairline rules need it; the text comes from the file


@dataclass(frozen=True, slots=True)
class TableSettings:
    """Ruling lines to grid. Lengths in points, so that they hold at any resolution."""

    min_rule_across: float = 26.0  # shorter strokes are text, a heading's 一 among them
    min_rule_down: float = 14.0
    snap: float = 3.5  # edges closer than this are one rule
    min_cells: int = 2  # fewer make a frame, not a table


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """When a recognised text is sure enough to be accepted."""

    accept: float = 0.90  # probability under which a reading goes to a person
    layout: bool = True  # run the layout network on pages that do not state their own structure


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """Alignment of table rows and columns with the national forms."""

    min_similarity: float = 0.55  # label similarity (0..1) under which a row does not match at all
    min_probability: float = 0.9  # of the token classifier, from which a row matches whatever its wording


@dataclass(frozen=True, slots=True)
class BulkSettings:
    """Limits on the reading of one document beside others, none of which changes what is read."""

    page_seconds: float = 300.0  # on the clock; a worker that takes longer is killed
    document_seconds: float = 1800.0
    worker_megabytes: int = 6000  # resident; a worker that takes more is killed
    recycle_megabytes: int = 2000  # a worker that holds more after a document is replaced
    recycle_documents: int = 200  # and one that has read so many: what it grows by is bounded, whatever the cause


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of all stages."""

    ingest: IngestSettings = field(default_factory=IngestSettings)
    tables: TableSettings = field(default_factory=TableSettings)
    reading: ReadingSettings = field(default_factory=ReadingSettings)
    labels: LabelSettings = field(default_factory=LabelSettings)
    bulk: BulkSettings = field(default_factory=BulkSettings)


def load_settings(path: Path | None) -> Settings:
    """The defaults, changed by what the TOML file at `path` says. Raises `UsageError`."""
    if path is None:
        return Settings()
    settings = Settings()
    for section, values in read_toml(path).items():
        if section == "service":  # `service.settings` reads it, where the service is installed
            continue
        if section not in {f.name for f in fields(Settings)} or not isinstance(values, dict):
            names = ", ".join(f.name for f in fields(Settings))
            raise UsageError(f"settings file {path}: unknown section [{section}]; there are {names}")
        settings = replace(settings, **{section: _changed(path, section, getattr(settings, section), values)})
    return settings


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a settings file. Raises `UsageError`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"settings file {path}: {error}") from error


def _changed(path: Path, section: str, stage: Any, values: dict[str, Any]) -> Any:
    for key, value in values.items():
        if key not in {f.name for f in fields(stage)}:
            names = ", ".join(f.name for f in fields(stage))
            raise UsageError(f"settings file {path}: unknown key {section}.{key}; there are {names}")
        default = getattr(stage, key)
        wanted = type(default)
        allowed = {bool: (bool,), int: (int,), float: (int, float)}[wanted]
        if type(value) not in allowed or not math.isfinite(value):
            kind = {bool: "true or false", int: "a whole number", float: "a number"}[wanted]
            raise UsageError(f"settings file {path}: {section}.{key} takes {kind}, not {value!r}")
        if value < 0:
            raise UsageError(f"settings file {path}: {section}.{key} cannot be negative")
    return replace(stage, **{k: type(getattr(stage, k))(v) for k, v in values.items()})
