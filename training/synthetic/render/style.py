"""A `Look` in points and colours, the same for every engine: paragraphs as Chinese offices set them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from extraction.forms.printed_form import FormCell
from training.synthetic.content.draft import Draft, Look, Paragraph

PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
"""A4 in points."""

RED = "#d7000f"
PAGE_NUMBER_SIZE = 10.5
CELL_PADDING = 3.0
TABLE_GAP = 8.0
"""Points above and below a table."""

CELL_LEADING = 1.25
"""Line height within a cell, times the font size."""

_LATIN = "0123456789.,+%/-"


@dataclass(frozen=True, slots=True)
class GridLine:
    """Width of a grid line in points, and its colour."""

    width: float
    colour: str


GRID_LINES: dict[str, GridLine | None] = {
    "black": GridLine(0.75, "#000000"),
    "grey": GridLine(0.75, "#9a9a9a"),
    "hairline": GridLine(0.25, "#606060"),
    "coloured": GridLine(0.75, "#3a6ea5"),
    "none": None,
}
"""`Look.rules` -> the line, None for a table without borders."""


class Setting(NamedTuple):
    """How a paragraph is set. Lengths in points; `indent` of the first line; `leading` times the font size."""

    font: str
    size: float
    leading: float
    align: Literal["center", "justify"]
    indent: float
    before: float
    after: float
    colour: str = "#000000"
    tracking: float = 0.0
    underlined: bool = False  # a red line below, as under the number of a document with a red head


class Part(NamedTuple):
    """A paragraph with its index among the draft's parts, its setting, and whether it starts a page."""

    number: int
    paragraph: Paragraph
    setting: Setting
    new_page: bool


def setting(draft: Draft, number: int) -> Setting:
    """Return how the paragraph at index `number` of the draft's parts is set."""
    look, parts = draft.look, draft.parts
    style = _style(parts[number])
    body = Setting(look.font, look.size, look.leading, "justify", 2 * look.size, 0, 0)
    match style:
        case "red_head":
            return Setting(look.heading_font, 28, 1.4, "center", 0, 0, 10, RED, 2)
        case "number":
            underlined = any(_style(part) == "red_head" for part in parts[:number])
            return body._replace(align="center", indent=0, before=4, after=6, underlined=underlined)
        case "title":
            before = 0 if number and _style(parts[number - 1]) == "title" else 16
            after = 0 if number + 1 < len(parts) and _style(parts[number + 1]) == "title" else 14
            return Setting(look.heading_font, look.size + 6, 1.45, "center", 0, before, after)
        case "heading":
            return body._replace(font=look.heading_font, before=4, after=2)
        case "note":
            size = look.size * 0.8
            return body._replace(size=size, indent=2 * size, leading=1.5)
        case _:
            return body


def starts_page(draft: Draft, number: int) -> bool:
    """Whether the part is the heading of a section that starts a page, or the rest of a table that a page break cut."""
    part = draft.parts[number]
    if not isinstance(part, Paragraph):
        return part.new_page
    if not number or part.style != "heading":
        return False
    return any(run.label == f"heading.{name}" for run in part.runs for name in draft.look.break_before)


def aligned(cell: FormCell) -> Literal["left", "center"]:
    """Return the alignment of a cell: labels and block titles left, merged labels and all else centred."""
    return "left" if cell.kind in ("label", "title") and cell.row_span == 1 else "center"


def stacked(cell: FormCell, look: Look) -> bool:
    """Whether the cell is set one character a line."""
    return cell.vertical and look.vertical == "narrow"


def banded(cell: FormCell, look: Look) -> bool:
    """Whether the cell has the band's colour behind it."""
    return bool(look.band) and cell.kind in ("title", "header")


def scripts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield text in pieces, each with whether it is set in the digit face."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or (text[at] in _LATIN) != (text[start] in _LATIN):
            yield text[start:at], text[start] in _LATIN
            start = at


def latin_letters() -> str:
    """Return the characters of the digit face."""
    return _LATIN


def _style(part: object) -> str:
    return part.style if isinstance(part, Paragraph) else "table"
