"""A sample's TOML source -> `Sample`: running text, every value as printed, and how to render it.

Figures are rows of values separated by blanks, as on paper; `_` is an empty cell. Unlisted rows hold `default` in every
cell, rows under `blank` are empty. An unknown key or row raises an error, so that no typo is lost.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extraction.forms.printed_form import Departures, FormExtraRow, FormTable, rows_of, tables

SECTIONS = ("overview", "proactive", "applications", "review_litigation", "problems", "other")
TABLED = ("proactive", "applications", "review_litigation")


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section's heading and paragraphs; `after` stands below its table."""

    title: str
    paragraphs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """The appearance of the printed page. Lengths in points.

    `rules`: grid lines black, grey or hairline; `band`: a header colour, "" for none. `vertical`: how
    三、本年度办理结果 is set: narrow (a narrow column), upright (writing mode) or wide. `split_row` and
    `split_head`: the row cut by a page break and the part of its label before the break; without the latter the page
    breaks below the row. Other breaks come as they may, and leave grid lines open. `new_page`: sections that start a
    page. `embedded`: fonts as TrueType; else an OpenType font comes as Type 3 drawings.
    """

    font: str = "Noto Serif CJK SC"
    heading_font: str = "Noto Sans CJK SC"
    table_font: str = "Noto Serif CJK SC"
    size: float = 12
    embedded: bool = True
    table_size: float = 9
    row_height: float = 20
    leading: float = 1.7
    rules: str = "black"
    band: str = ""
    page_number: str = "- # -"
    vertical: str = "narrow"
    repeat_header: bool = False
    split_row: str = ""
    split_head: str = ""
    new_page: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """Degradation of the scan. `mode`: grey, colour or bilevel; `skew`: greatest angle in degrees; the rest from 0
    (none) to 1."""

    dpi: int = 150
    mode: str = "grey"
    quality: int = 60
    skew: float = 0.5
    blur: float = 0.3
    noise: float = 0.3
    shade: float = 0.3
    speckle: float = 0.2
    fade: float = 0.2


@dataclass(frozen=True, slots=True)
class Web:
    """The web page.

    `shell`: plain, navigation, index or layout (old nested layout tables); `pasted`: from a word processor, with a span
    around each run; `spaced`: &nbsp; beside the values.
    """

    shell: str = "plain"
    charset: str = "utf-8"
    pasted: bool = False
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """The DOCX.

    `numbered`: headings and their numerals come from numbering.xml; `nested`: the table of disputes is in a one-cell
    table; `text_box`: the last paragraph is in a text box.
    """

    font: str = "仿宋"
    numbered: bool = False
    nested: bool = False
    text_box: bool = False
    upright: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented report."""

    id: str
    organization: str
    year: int
    template: str
    title: tuple[str, ...]
    red_head: str
    document_number: str
    published: str
    intro: tuple[str, ...]
    sections: dict[str, SectionText]
    printed: dict[str, str]
    departures: Departures
    source_errors: tuple[str, ...]
    look: Look
    scan: Scan
    web: Web
    word: Word

    @property
    def one_row_other(self) -> bool:
        """Whether （六）其他处理 is one row."""
        return self.template == "2019" or self.departures.one_row_other

    def tables(self) -> dict[str, FormTable]:
        """Section id -> its filled table."""
        return {table.section: table for table in tables(self.template, self.printed, self.departures)}


def load_sample(path: Path) -> Sample:
    """Return the sample in one TOML file; its id is the file's name."""
    source = tomllib.loads(path.read_text(encoding="utf-8"))
    form = source.pop("form", {})
    source_errors = tuple(form.pop("source_errors", ()))
    form["extra_rows"] = tuple(FormExtraRow(**_tuples(row)) for row in form.get("extra_rows", ()))
    departures = Departures(**_tuples(form))
    sections = {name: SectionText(**_tuples(section)) for name, section in source.pop("sections").items()}
    if tuple(sections) != SECTIONS:
        raise ValueError(f"{path.name}: sections {list(sections)}, expected {list(SECTIONS)}")
    one_row_other = source["template"] == "2019" or departures.one_row_other
    printed = _printed(source.pop("figures"), rows_of(source["template"], one_row_other), departures.omit)
    optional: dict[str, Any] = {"red_head": "", "document_number": ""}
    return Sample(
        id=path.stem,
        sections=sections,
        printed=printed,
        departures=departures,
        source_errors=source_errors,
        look=Look(**_tuples(source.pop("look", {}))),
        scan=Scan(**source.pop("scan", {})),
        web=Web(**source.pop("web", {})),
        word=Word(**source.pop("word", {})),
        **(optional | _tuples(source)),
    )


def _printed(figures: dict[str, Any], rows: dict[str, tuple[str, ...]], omit: tuple[str, ...]) -> dict[str, str]:
    default = figures.pop("default", "0")
    blank = set(figures.pop("blank", ()))
    given: dict[str, str] = figures
    if unknown := (set(given) | blank | set(omit)) - set(rows):
        raise ValueError(f"no such rows: {sorted(unknown)}")
    printed: dict[str, str] = {}
    for row, columns in rows.items():
        if row in omit:
            continue
        texts = ["_" if row in blank else default] * len(columns) if row not in given else given[row].split()
        for column, text in zip(columns, texts, strict=True):
            printed[f"{row}.{column}"] = "" if text == "_" else text
    return printed


def _tuples(source: dict[str, Any]) -> dict[str, Any]:
    """Return the TOML table with its lists as tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in source.items()}
