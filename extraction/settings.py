"""The settings of all stages, gathered from one TOML file; docs/settings.md is made from these declarations.

    [ingest]
    max_bytes = 200_000_000

An unknown section or key, or a value of another type or outside its range, raises `UsageError` and names itself.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct, ValidationError, convert

from extraction.errors import UsageError


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the sections of a settings file: immutable values, each declared with its meaning, unit and range."""


S = TypeVar("S", bound=Section)


def setting(unit: str, description: str, ge: float | None = None, le: float | None = None) -> Meta:
    """The declaration of one setting: its unit, its meaning, and its least and greatest value if it is a number."""
    return Meta(ge=ge, le=le, description=description, extra={"unit": unit})


def fraction(description: str, unit: str = "probability") -> Meta:
    """The declaration of a setting between 0 and 1."""
    return setting(unit, description, ge=0, le=1)


class IngestSettings(Section, frozen=True):
    """Limits on one file, and the resolution at which pages are drawn."""

    max_bytes: Annotated[int, setting("bytes", "A larger file fails.", ge=1)] = 100_000_000
    max_pages: Annotated[int, setting("pages", "A PDF or TIFF file of more pages fails.", ge=1)] = 300
    max_page_pixels: Annotated[
        int, setting("pixels", "A larger picture, or a PDF page that would be drawn larger, fails.", ge=1)
    ] = 50_000_000
    max_unpacked_bytes: Annotated[
        int, setting("bytes", "A DOCX file whose parts unpack to more together fails before any is parsed.", ge=1)
    ] = 300_000_000
    scan_dpi: Annotated[
        int,
        setting("dots per inch", "Scanned pages and pictures are brought to about this resolution.", ge=20, le=1200),
    ] = 200
    digital_dpi: Annotated[
        int,
        setting(
            "dots per inch",
            "PDF pages with a text layer are drawn at this to find their grid lines; hairlines need it.",
            ge=20,
            le=1200,
        ),
    ] = 200


class TableSettings(Section, frozen=True):
    """Grid lines to table structure. Lengths are in points (1/72 inch), so that they hold at any resolution."""

    min_horizontal_line_points: Annotated[
        float, setting("points", "Shorter horizontal strokes are text, the character 一 for one.", ge=0, le=1000)
    ] = 26.0
    min_vertical_line_points: Annotated[
        float, setting("points", "Shorter vertical strokes are text.", ge=0, le=1000)
    ] = 14.0
    snap_points: Annotated[float, setting("points", "Grid lines closer than this are one.", ge=0, le=100)] = 3.5
    min_cells: Annotated[int, setting("cells", "A grid of fewer cells is a frame, not a table.", ge=1)] = 2


class ReadingSettings(Section, frozen=True):
    """Which networks read pages."""

    layout: Annotated[
        bool,
        setting(
            "",
            "Use the layout network on PDF pages and pictures. Without it, titles and running heads are recognised by "
            "place and words alone; tables with grid lines are found all the same.",
        ),
    ] = True


class DecisionSettings(Section, frozen=True):
    """What is accepted and what goes to review; `python -m eval.decision` says what other values would give."""

    min_reading: Annotated[float, fraction("A figure read with less is in doubt: only its sums can settle it.")] = 0.9
    alone: Annotated[float, fraction("From which a reading is accepted that no sum confirms.")] = 0.97
    in_sums: Annotated[float, fraction("Posterior from which a figure read without doubt stands, whatever fails.")] = (
        0.98
    )
    settled: Annotated[float, fraction("Posterior from which a figure in doubt stands.")] = 0.998
    corrected: Annotated[float, fraction("Posterior from which a figure is corrected.")] = 0.995
    proven: Annotated[float, fraction("From which a confirmed reading stands where the search was cut short.")] = 0.999
    alone_in_poor_report: Annotated[
        float, fraction("In place of `alone` and `in_sums` in a report of which much is unread.")
    ] = 0.99
    poor_share: Annotated[
        float, fraction("Share of a report's fields in doubt above which much of it is unread.", "share")
    ] = 0.1
    illegible_share: Annotated[
        float, fraction("Share above which nothing is accepted unless a sum confirms it.", "share")
    ] = 0.25
    blank_habit: Annotated[
        float, fraction("Of the report's printing nothing, or zero, that settles a cell in doubt.")
    ] = 0.9


class LabelSettings(Section, frozen=True):
    """Matching of table rows and columns with the national forms."""

    min_similarity: Annotated[
        float, fraction("A row whose label is less like a line of the form does not match it.", "similarity")
    ] = 0.55
    min_probability: Annotated[
        float, fraction("Of the token classifier, from which a row matches whatever its wording.")
    ] = 0.9


class BulkSettings(Section, frozen=True):
    """Limits on the reading of one file beside others. None of them changes what is read."""

    page_seconds: Annotated[
        float,
        setting(
            "seconds",
            "The worker of a page that takes longer is killed; the file is tried once more, then fails.",
            ge=0,
            le=86_400,
        ),
    ] = 300.0
    document_seconds: Annotated[float, setting("seconds", "The same for a whole file.", ge=0, le=864_000)] = 1800.0
    worker_megabytes: Annotated[
        int, setting("MB", "A worker that holds more is killed; its file is tried once more, alone, then fails.", ge=1)
    ] = 6000
    recycle_megabytes: Annotated[int, setting("MB", "A worker that holds more after a file is replaced.", ge=0)] = 2000
    recycle_documents: Annotated[int, setting("files", "A worker that has read so many is replaced.", ge=1)] = 200


class Settings(Section, frozen=True):
    """The settings of all stages, a section each."""

    ingest: IngestSettings = IngestSettings()
    tables: TableSettings = TableSettings()
    reading: ReadingSettings = ReadingSettings()
    decision: DecisionSettings = DecisionSettings()
    labels: LabelSettings = LabelSettings()
    bulk: BulkSettings = BulkSettings()


def load_settings(path: Path | None) -> Settings:
    """The defaults, changed by what the TOML file at `path` says. Raises `UsageError`."""
    sections = {} if path is None else read_toml(path)
    sections.pop("service", None)  # `service.settings` reads it, where the service is installed
    return decode_settings(sections, Settings, f"settings file {path}")


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a settings file. Raises `UsageError`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError("settings file {path}: {error}", path=path, error=error) from error


def decode_settings(values: object, kind: type[S], source: str, *, strict: bool = True) -> S:
    """The defaults of `kind`, changed by `values`. Raises `UsageError` that names `source`, the key and what it takes.

    `strict=False` takes the text of a number for the number, as environment variables have it.
    """
    try:
        return convert(values, kind, strict=strict)
    except ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        raise UsageError(f"{source}: {place.replace('`', ': ')}{reason} (docs/settings.md)") from error
