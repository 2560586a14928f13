"""A report before it is rendered: its parts in order, and its appearance. Content, not positions.

Drafts are made without knowledge of fonts and pages, and rendered without knowledge of figures and labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from annotations.zones import Zone
from extraction.document import Report
from extraction.forms.printed_form import FormTable
from extraction.geometry import Box

Style = Literal["red_head", "number", "title", "intro", "heading", "text", "note"]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a paragraph; `label` is the name of the `Label` that it is the text of, "" for none."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. A title over two lines is two paragraphs of style `title`."""

    runs: tuple[Run, ...]
    style: Style = "text"

    @property
    def text(self) -> str:
        """The paragraph in full."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Look:
    """The appearance of the printed page. Lengths in points, colours as #rrggbb, fonts as families that fontconfig
    knows.

    `rules`: grid lines black, grey, hairline, coloured or none (a table without borders). `band`: the colour behind
    block titles and headers, "" for none. `vertical`: how 三、本年度办理结果 is set: narrow (one character a
    line) or wide. `page_number`: with # for the number, "" for none. `break_before`: sections that start a page.
    """

    font: str
    heading_font: str
    table_font: str
    digit_font: str
    size: float = 14
    table_size: float = 10
    leading: float = 1.7
    row_height: float = 22
    rules: str = "black"
    band: str = ""
    vertical: str = "narrow"
    page_number: str = "- # -"
    margin: float = 72
    repeat_header: bool = False
    break_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A report to be rendered. `report` is its gold, without pages and boxes.

    `variations` are the names of its variations, and the kinds of its source errors.
    """

    id: str
    parts: tuple[Paragraph | FormTable, ...]
    look: Look
    report: Report
    seed: int
    split: str = ""
    variations: tuple[str, ...] = ()


class Key(NamedTuple):
    """A place in a draft: the part, and the run of the paragraph or the cell of the table (in order of `placed()`)."""

    part: int
    item: int


class Place(NamedTuple):
    """Where something was printed: page from 1, box in points from the page's top left."""

    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Rendered:
    """A digital PDF and the places of everything in it, several for what a line or page break divides.

    A table cell's place is the cell within its grid lines, an empty one's too; a run's places are its lines of text.
    `zones` are set once `printing` has checked the PDF.
    """

    pdf: bytes
    places: Mapping[Key, tuple[Place, ...]]
    zones: tuple[Zone, ...] = ()
