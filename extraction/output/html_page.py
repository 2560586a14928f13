"""Chinese web pages in one file, without anything from elsewhere: the frame of a page and its tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
body { font: 15px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 2em auto; max-width: 72em;
  padding: 0 1em; color: #222 }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em; border-bottom: 1px solid #ccc }
table { border-collapse: collapse; font-size: .92em }
th, td { text-align: left; padding: .25em .8em; border-bottom: 1px solid #e4e4e4; vertical-align: top }
th { background: #f4f4f4 } td { word-break: break-all } td.n { text-align: right; white-space: nowrap }
svg text { font-size: 12px; fill: currentColor } .count { font-size: 1.6em; margin-right: .3em }
.cards { display: flex; flex-wrap: wrap; gap: .8em } .card { border: 1px solid #ddd; padding: .5em 1em }
.broken { color: #a40000 } .unsure { color: #8a5a00 }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd } th { background: #2a2a2a }
  th, td { border-color: #333 } .card { border-color: #444 } .broken { color: #ff8a80 } .unsure { color: #ffca70 } }
"""


def render_page(title: str, parts: Iterable[str]) -> str:
    """A whole page: the title, then the parts, which are HTML."""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n"
    )


def render_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table as HTML, or 无 where it has no row; whole numbers are aligned right, all else is escaped."""
    if not rows:
        return "<p>无</p>"
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{escape(h)}</th>' for h in heads)}</tr>{body}</table>"


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f'<td class="n">{value:,}</td>'
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(value))
    return f"<td>{escape(shown)}</td>"
