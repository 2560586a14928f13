"""The nouns. Frozen values that move forward through the stages, each knowing the page and box it was read from.

In order of appearance: a file becomes `Page`s of `Span`s; these become `Region`s in reading order, of which some hold a
`Table` of `Cell`s; labelled cells become `Field`s, their sums `Check`s, and all of it a `Report`.

Pages count from 1. Boxes are in points (1/72 inch) from the page's top left, on the page as the file shows it, whatever
turning or straightening was needed to read it. Formats without pages (DOCX, HTML, text) have neither: both are None.
Of ours this module imports the doubts and the geometry alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from extraction.doubts import Doubts, need_person
from extraction.geometry import Box, Raster


@dataclass(frozen=True, slots=True)
class Tag:
    """What the token classifier takes a text for (`extraction.forms.label_tags`), and how probable that is (0..1,
    calibrated)."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text on one line. `confidence` is 1 where the file itself states the text; `tags` is what the token
    classifier takes it for, likeliest first."""

    text: str
    page: int | None = None
    box: Box | None = None
    confidence: float = 1.0
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a cell may say, and how probable that is (0..1, calibrated)."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table at grid position (row, column), from 0; a merged cell spans several.

    `text` is the printed text with its lines joined by newline, "" for an empty cell. `confidence` is the probability
    that the text, or its absence, is what is printed, whatever is doubted; `doubts` say why it may not be.
    `candidates` are the likeliest readings of a figure that was read from a picture, `tags` what its words may be a
    label of, both best first.
    """

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    page: int | None = None
    box: Box | None = None
    confidence: float = 1.0
    doubts: Doubts = ()
    candidates: tuple[Candidate, ...] = ()
    tags: tuple[Tag, ...] = ()

    @property
    def in_doubt(self) -> bool:
        """Whether a person must look, unless the sums settle what it says."""
        return need_person(self.doubts)


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in row-major order. `aligned`: a column number means the same column in every row.

    Text dumps lose empty and merged cells, so their tables are not aligned: only the order within a row is known.
    """

    cells: tuple[Cell, ...]
    page: int | None = None
    box: Box | None = None
    aligned: bool = True

    @property
    def row_count(self) -> int:
        """Number of grid rows."""
        return max((c.row + c.row_span for c in self.cells), default=0)

    @property
    def column_count(self) -> int:
        """Number of grid columns (of the longest row where the table is not aligned)."""
        return max((c.column + c.column_span for c in self.cells), default=0)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """For each grid row, the cells that cover it, from left to right; a spanning cell is in each of its rows."""
        covering: list[list[Cell]] = [[] for _ in range(self.row_count)]
        for cell in self.cells:
            for row in range(cell.row, cell.row + cell.row_span):
                covering[row].append(cell)
        for cells in covering:
            yield tuple(sorted(cells, key=lambda c: c.column))


@dataclass(frozen=True, slots=True)
class Label:
    """What a piece of print is: `title`, `organization`, `year`, `heading.<section>`, `block.<block>`, `group.<text>`,
    `row.<block>.<row>`, `column.<block>.<column>`, `narrative.<id>`; the ids are the catalogue's."""

    name: str
    text: str
    page: int | None = None
    box: Box | None = None


class RegionKind(StrEnum):
    """What a part of a page is."""

    TITLE = "title"
    TEXT = "text"
    TABLE = "table"
    FIGURE = "figure"  # seen as a table or picture, and not read
    FURNITURE = "furniture"  # running heads, page numbers, web navigation


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a page, in reading order. A TABLE region has a table; the others have spans, one a printed line.

    In formats without lines (DOCX, HTML) a TEXT region is one paragraph with a single span.
    """

    kind: RegionKind
    spans: tuple[Span, ...] = ()
    table: Table | None = None
    page: int | None = None
    box: Box | None = None

    @property
    def text(self) -> str:
        """The region's lines, joined by newline."""
        return "\n".join(s.text for s in self.spans)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as its file gives it.

    A format that states its own structure (DOCX, HTML, text) comes with `regions`; a PDF page or picture comes with a
    `raster`, and with `spans` where its text layer can be trusted; `rules` are then the level and upright strokes that
    the file draws (boxes without extent across), None where only its picture can tell. `width` and `height` are in
    points.
    """

    number: int | None = None
    width: float | None = None
    height: float | None = None
    spans: tuple[Span, ...] = ()
    regions: tuple[Region, ...] = ()
    raster: Raster | None = None
    warnings: tuple[str, ...] = ()
    doubts: Doubts = ()  # about all that is read from it
    rules: tuple[Box, ...] | None = None


class Status(StrEnum):
    """How far a field's value may be trusted (contract: `fields[].status`)."""

    READ = "read"
    CORRECTED = "corrected"
    INFERRED = "inferred"
    BLANK = "blank"
    REVIEW = "review"
    MISSING = "missing"


class Verdict(StrEnum):
    """What became of an identity (contract: `checks[].verdict`)."""

    HOLDS = "holds"
    CORRECTED = "corrected"
    SOURCE_INCONSISTENT = "source_inconsistent"
    UNRESOLVED = "unresolved"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The same sentences in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Field:
    """One statistic of the national form, as read. `value` None is nothing read; zero is only ever a printed zero.

    `candidates` are what its cell may say, best first: every reading of a figure in a picture whose place is sure,
    and after reconciliation what a person has to choose from where it is `review`. `doubts` say why it is, or was, in
    doubt, whatever became of it.
    """

    id: str
    label: str
    value: Decimal | None
    printed: str
    status: Status
    confidence: float
    page: int | None = None
    box: Box | None = None
    reading: str | None = None  # what was first read, where it differs from `printed`
    candidates: tuple[Candidate, ...] = ()
    doubts: Doubts = ()

    @property
    def in_doubt(self) -> bool:
        """Whether a person must look, unless the sums settle what it says."""
        return need_person(self.doubts)


@dataclass(frozen=True, slots=True)
class Check:
    """One identity evaluated over the read values. `holds` is None where a value is absent.

    `explanation` says for a person what was found and done, in Chinese and in English, where there is anything to say.
    """

    id: str
    expression: str
    holds: bool | None
    verdict: Verdict
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report with its running text (no table cells), paragraphs separated by newline."""

    id: str
    title: str
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """A printed table row that is in no template: nothing printed may be lost."""

    section: str
    label: str
    printed: tuple[str, ...]
    page: int | None = None


@dataclass(frozen=True, slots=True)
class NarrativeFigure:
    """A figure in running text; `agrees` says whether the tables say the same, None where they say nothing."""

    id: str
    value: Decimal
    text: str
    page: int | None = None
    agrees: bool | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The file a report was read from. `path` is relative to the input root, `/`-separated."""

    path: str
    sha256: str
    media_type: str
    pages: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """A report in full: what was printed, where, how sure, and whether its sums hold."""

    source: Source
    organization: str | None
    year: int | None
    template: str | None
    title: str | None
    sections: tuple[Section, ...] = ()
    fields: tuple[Field, ...] = ()
    extra_rows: tuple[ExtraRow, ...] = ()
    checks: tuple[Check, ...] = ()
    narrative: tuple[NarrativeFigure, ...] = ()
    warnings: tuple[str, ...] = ()

    def field(self, field_id: str) -> Field:
        """The field with this id; raises KeyError."""
        for candidate in self.fields:
            if candidate.id == field_id:
                return candidate
        raise KeyError(field_id)
