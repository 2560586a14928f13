"""Draft -> HTML -> PDF through headless Chromium. Fonts are embedded as small TrueType, figures in a face of their own.

Chromium writes an OpenType (CFF) font as hundreds of drawings; it subsets TrueType.
"""

from __future__ import annotations

import base64
import re
import subprocess
import tempfile
from collections.abc import Mapping
from html import escape
from pathlib import Path

from extraction.forms.printed_form import FormCell, FormTable
from training.pdf import CHROMIUM, chromium_command, undated
from training.samples.fonts import small_font
from training.synthetic.content.draft import Draft, Key, Look, Paragraph, Place, Rendered
from training.synthetic.fonts import font_file
from training.synthetic.render.check import sound, text_faults, ways
from training.synthetic.render.colour_coding import between_grid_lines, item_colours, places
from training.synthetic.render.style import (
    CELL_LEADING,
    CELL_PADDING,
    GRID_LINES,
    PAGE_NUMBER_SIZE,
    RED,
    TABLE_GAP,
    aligned,
    banded,
    latin_letters,
    setting,
    stacked,
    starts_page,
)

_TIMEOUT_SECONDS = 120


def render_chromium(draft: Draft) -> Rendered:
    """Return the draft as Chromium renders it.

    Raises Unsound where Chromium prints text beyond its cell in every one of the `ways`, and
    subprocess.CalledProcessError or TimeoutExpired where it fails.
    """
    for attempt, whole_rows in ways(draft)[:-1]:
        rendered = _printed(attempt, whole_rows)
        if not text_faults(draft, rendered):
            return rendered
    return sound(draft, _printed(*ways(draft)[-1]))


def _printed(draft: Draft, whole_rows: bool) -> Rendered:
    with tempfile.TemporaryDirectory(prefix="chromium-") as folder:
        faces = _faces(draft)
        pages = {
            "plain": page_html(draft, faces, whole_rows),
            "coloured": page_html(draft, faces, whole_rows, item_colours(draft)),
        }
        printing = [_print(Path(folder), name, page) for name, page in pages.items()]
        for process in printing:
            _, errors = process.communicate(timeout=_TIMEOUT_SECONDS)
            if process.returncode:
                raise subprocess.CalledProcessError(process.returncode, CHROMIUM, stderr=errors)
        plain, coloured = (Path(folder, f"{name}.pdf").read_bytes() for name in pages)
    plain = undated(plain)
    return Rendered(plain, between_grid_lines(draft, _completed(draft, places(draft, plain, coloured)), plain))


def page_html(draft: Draft, faces: str, whole_rows: bool, coloured: Mapping[Key, str] | None = None) -> str:
    """Return the page to print; with `coloured`, every run and cell on its colour."""
    body = []
    for number, part in enumerate(draft.parts):
        colours = {key.item: colour for key, colour in (coloured or {}).items() if key.part == number}
        if isinstance(part, Paragraph):
            body.append(_paragraph(draft, number, part, colours))
        else:
            body.append(_table(part, draft.look, colours))
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(draft.id)}</title><style>{faces}{_style(draft, whole_rows)}</style></head>"
        f"<body>{''.join(body)}</body></html>"
    )


def _print(folder: Path, name: str, page: str) -> subprocess.Popen[bytes]:
    source = folder / f"{name}.html"
    source.write_text(page, encoding="utf-8")
    profile, pdf = folder / f"profile-{name}", folder / f"{name}.pdf"
    return subprocess.Popen(
        chromium_command(source, pdf, profile),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _completed(draft: Draft, found: Mapping[Key, tuple[Place, ...]]) -> dict[Key, tuple[Place, ...]]:
    """Return merged cells that a page break divides, each piece extended to the bottom of its last row.

    Chromium's first piece reaches to the page's end, below the rows and grid lines there; the rest of the cell's height
    is then too little for its last piece, and its colour ends above the grid line.
    """
    out = dict(found)
    for number, part in enumerate(draft.parts):
        if isinstance(part, Paragraph):
            continue
        cells = [(Key(number, item), row, cell) for item, (row, _, cell) in enumerate(part.placed())]
        bottoms: dict[tuple[int, int], float] = {}  # (page, row) -> bottom
        for key, row, cell in cells:
            if cell.row_span == 1:
                for page, box in found[key]:
                    bottoms[page, row] = max(box.bottom, bottoms.get((page, row), 0.0))
        for key, row, cell in cells:
            if cell.row_span > 1 and len(found[key]) > 1:
                covered = range(row, row + cell.row_span)
                out[key] = tuple(_to_bottom(place, bottoms, covered) for place in found[key])
    return out


def _to_bottom(place: Place, bottoms: Mapping[tuple[int, int], float], rows: range) -> Place:
    last = max((bottom for (page, row), bottom in bottoms.items() if page == place.page and row in rows), default=None)
    return place if last is None else Place(place.page, place.box._replace(bottom=last))


def _faces(draft: Draft) -> str:
    """Return the fonts under the names f0, f1, …: those of the text, and those of the figures."""
    look = draft.look
    texts = [
        p.text if isinstance(p, Paragraph) else "".join(c.text for row in p.rows for c in row) for p in draft.parts
    ]
    letters = "".join(texts) + look.page_number + latin_letters() + " "
    rules = [_face(family, letters) for family in dict.fromkeys((look.font, look.heading_font, look.table_font))]
    return "\n".join([*rules, _face(look.digit_font, latin_letters(), "digits")])


def _face(family: str, letters: str, name: str = "") -> str:
    data = base64.b64encode(small_font(*font_file(family), letters)).decode()
    return f'@font-face {{ font-family: "{name or family} small"; src: url(data:font/ttf;base64,{data}) }}'


def _paragraph(draft: Draft, number: int, part: Paragraph, colours: Mapping[int, str]) -> str:
    how = setting(draft, number)
    style = (
        f"font-family:{_families(how.font)};font-size:{how.size}pt;line-height:{how.leading};text-align:{how.align};"
        f"text-indent:{how.indent}pt;margin:{how.before}pt 0 {how.after}pt;color:{how.colour};"
        f"letter-spacing:{how.tracking}pt"
    )
    if how.underlined:
        style += f";border-bottom:2pt solid {RED};padding-bottom:4pt"
    if starts_page(draft, number):
        style += ";break-before:page"
    runs = "".join(
        f'<span style="background:{colours.get(item, "transparent")}">{escape(run.text, quote=False)}</span>'
        for item, run in enumerate(part.runs)
    )
    return f"<p style='{style}'>{runs}</p>"


def _table(table: FormTable, look: Look, colours: Mapping[int, str]) -> str:
    columns = "".join(f'<col style="width:{share:.4%}">' for share in table.widths)
    head = table.header_rows if look.repeat_header else 0
    page = ' style="break-before:page"' if table.new_page else ""
    lines = [f"<table{page}><colgroup>{columns}</colgroup>", "<thead>" if head else "<tbody>"]
    item = 0
    for number, row in enumerate(table.rows):
        if head and number == head:
            lines.append("</thead><tbody>")
        lines.append("<tr>")
        for cell in row:
            lines.append(_cell(cell, look, colours.get(item, "")))
            item += 1
        lines.append("</tr>")
    return "".join([*lines, "</tbody></table>"])


def _cell(cell: FormCell, look: Look, colour: str) -> str:
    spans = "".join(
        f' {name}="{span}"' for name, span in (("rowspan", cell.row_span), ("colspan", cell.column_span)) if span > 1
    )
    fill = colour or (look.band if banded(cell, look) else "")
    style = f"text-align:{aligned(cell)}" + (f";background:{fill}" if fill else "")
    text = escape(cell.text, quote=False).replace("\n", "<br>")
    if stacked(cell, look):
        text = f'<div class="stacked">{text}</div>'
    return f'<td{spans} style="{style}">{text}</td>'


def _families(family: str) -> str:
    return f'"digits small","{family} small"'


def _style(draft: Draft, whole_rows: bool) -> str:
    look = draft.look
    grid_line = GRID_LINES[look.rules]
    border = f"{grid_line.width}pt solid {grid_line.colour}" if grid_line else "none"
    number = " ".join("counter(page)" if part == "#" else f'"{part}"' for part in re.split("(#)", look.page_number))
    margin = look.margin
    head = "table-header-group" if look.repeat_header else "table-row-group"
    rows = "tr:not(:has(td[rowspan])), thead { break-inside: avoid }" if whole_rows else ""
    return f"""
@page {{ size: A4; margin: {margin}pt;
  @bottom-center {{ content: {number}; font: {PAGE_NUMBER_SIZE}pt {_families(look.font)} }} }}
body {{ margin: 0; print-color-adjust: exact }}
p {{ orphans: 1; widows: 1; overflow-wrap: anywhere }}
table {{ width: 100%; border-collapse: collapse; table-layout: fixed; margin: {TABLE_GAP}pt 0;
  font: {look.table_size}pt/{CELL_LEADING} {_families(look.table_font)} }}
tr {{ height: {look.row_height}pt }}
thead {{ display: {head} }}
{rows}
td {{ border: {border}; padding: 2pt {CELL_PADDING}pt; overflow-wrap: anywhere; vertical-align: middle }}
div.stacked {{ width: 1em; margin: 0 auto; word-break: break-all }}
"""
