"""Sample -> a printed A4 page in HTML -> PDF through headless Chromium, without dates, so that builds are equal."""

from __future__ import annotations

import re
import subprocess
import tempfile
from html import escape
from pathlib import Path

from extraction.forms.printed_form import FormTable, split
from training.pdf import chromium_command, undated
from training.samples.content import SECTIONS, Look, Sample
from training.samples.fonts import font_face
from training.samples.render_html import table_html

_GRID_LINES = {"black": "0.75pt solid #000", "grey": "0.75pt solid #9a9a9a", "hairline": "0.25pt solid #777"}


def render_pdf(sample: Sample) -> bytes:
    """Return the digital PDF."""
    with tempfile.TemporaryDirectory(prefix="samples-") as folder:
        page, pdf = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(printed_page(sample), encoding="utf-8")
        profile = Path(folder, "profile")
        subprocess.run(
            chromium_command(page, pdf, profile),
            check=True,
            capture_output=True,
            timeout=120,
        )
        return undated(pdf.read_bytes())


def printed_page(sample: Sample) -> str:
    """Return the page that Chromium prints."""
    look = sample.look
    body = []
    if sample.red_head:
        body.append(f'<p class="red">{escape(sample.red_head)}</p>')
    if sample.document_number:
        rule = " ruled" if sample.red_head else ""
        body.append(f'<p class="number{rule}">{escape(sample.document_number)}</p>')
    body.append("<h1>" + "<br>".join(map(escape, sample.title)) + "</h1>")
    body += [f"<p>{escape(text, quote=False)}</p>" for text in sample.intro]
    tables = sample.tables()
    for name in SECTIONS:
        section = sample.sections[name]
        new_page = ' class="new-page"' if name in look.new_page else ""
        body.append(f"<h2{new_page}>{escape(section.title)}</h2>")
        body += [f"<p>{escape(text, quote=False)}</p>" for text in section.paragraphs]
        if name in tables:
            body += _printed_table(tables[name], look)
        body += [f'<p class="after">{escape(text, quote=False)}</p>' for text in section.after]
    text = "".join(body)
    fonts = _embedded(look, text) if look.embedded else ""
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(''.join(sample.title))}</title><style>{fonts}{_style(look)}</style></head>"
        f"<body>{text}</body></html>"
    )


def _embedded(look: Look, text: str) -> str:
    """Return small fonts under the names of the installed ones, which they override."""
    letters = text + "0123456789-— " + look.page_number
    families = dict.fromkeys((look.font, look.heading_font, look.table_font))
    return "".join(font_face(family, family, letters) for family in families)


def _printed_table(table: FormTable, look: Look) -> list[str]:
    attributes = f'class="{table.section}"'
    if not look.split_row or look.split_row not in table.keys:
        return [table_html(table, repeat_header=look.repeat_header, attributes=attributes)]
    before, after = split(table, look.split_row, look.split_head)
    return [
        table_html(before, attributes=attributes),
        table_html(after, attributes=f'class="{table.section} new-page"'),
    ]


def _style(look: Look) -> str:
    rule = _GRID_LINES[look.rules]
    number = " ".join("counter(page)" if part == "#" else f'"{part}"' for part in re.split("(#)", look.page_number))
    band = f"td.title,td.header{{background:{look.band}}}" if look.band else ""
    upright = "td.vertical div{writing-mode:vertical-rl;display:inline-block;letter-spacing:2pt}"
    narrow = "td.vertical div{width:1em;margin:0 auto;line-height:1.25;word-break:break-all}"
    vertical = {"upright": upright, "narrow": narrow}.get(look.vertical, "")
    return f"""
@page {{ size: A4; margin: 24mm 22mm 22mm 24mm; @bottom-center {{ content: {number}; font: 10pt serif }} }}
body {{ margin: 0; font: {look.size}pt/{look.leading} "{look.font}"; -webkit-print-color-adjust: exact }}
p {{ margin: 0; text-indent: 2em; text-align: justify; orphans: 1; widows: 1 }}
p.red {{ color: #d00; font-size: 23pt; font-weight: bold; text-align: center; text-indent: 0; letter-spacing: 4pt }}
p.number {{ text-align: center; text-indent: 0; margin: 12pt 0 }}
p.ruled {{ border-bottom: 2pt solid #d00; padding-bottom: 4pt }}
p.after {{ font-size: 0.85em }}
h1, h2, p.red {{ font-family: "{look.heading_font}" }}
h1 {{ font-size: 20pt; line-height: 1.4; text-align: center; margin: 18pt 0 }}
h2 {{ font-size: {look.size * 1.1}pt; margin: 6pt 0; text-indent: 2em }}
table {{ width: 100%; border-collapse: collapse; table-layout: fixed; margin: 4pt 0 10pt;
  font: {look.table_size}pt/1.3 "{look.table_font}" }}
table.applications td, table.review_litigation td {{ padding: 2pt 2pt }}
tr {{ height: {look.row_height}pt }}
tr:not(:has(td[rowspan])) {{ break-inside: avoid }}
thead {{ display: table-header-group }}
td {{ border: {rule}; padding: 2pt 4pt; text-align: center; overflow-wrap: anywhere }}
td.label, td.title {{ text-align: left }}
td.label[rowspan] {{ text-align: center }}
{vertical}
{band}
.new-page {{ break-before: page }}
"""
