# mypy: disable-error-code="import-untyped,import-not-found"
"""An installed font and a text -> a small TrueType font of just that text, as a CSS @font-face.

Chromium writes an OpenType (CFF) font into a PDF as hundreds of Type 3 drawings, which make a report five times as
large; it subsets TrueType. Needs fontconfig's `fc-match` and fontTools.
"""

from __future__ import annotations

import base64
import io
import subprocess
from functools import cache

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph


def font_face(family: str, name: str, text: str) -> str:
    """Return @font-face rules that give `name` the glyphs of `text` from `family`, regular and, if installed, bold."""
    rules = []
    found: set[tuple[str, int]] = set()
    for weight in ("regular", "bold"):
        path, number = _installed(family, weight)
        if (path, number) in found:
            continue
        found.add((path, number))
        data = base64.b64encode(small_font(path, number, text)).decode()
        source = f"url(data:font/ttf;base64,{data})"
        rules.append(f'@font-face {{ font-family: "{name}"; font-weight: {weight}; src: {source} }}')
    return "\n".join(rules).replace("font-weight: regular", "font-weight: normal")


def _installed(family: str, weight: str) -> tuple[str, int]:
    asked = ["fc-match", "-f", "%{family}|%{file}|%{index}", f"{family}:{weight}"]
    families, path, number = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split("|")
    if family not in families.split(","):
        raise FileNotFoundError(f"the font {family!r} is not installed")
    return path, int(number) & 0xFFFF


@cache
def _open(path: str, number: int) -> TTFont:
    return TTCollection(path, lazy=True).fonts[number] if path.endswith(".ttc") else TTFont(path, lazy=True)


def small_font(path: str, number: int, text: str) -> bytes:
    """Return a TrueType font of the glyphs of `text`; `number` is the font's index in a collection."""
    source = _open(path, number)
    letters = source.getBestCmap()
    wanted = {ord(letter): letters[ord(letter)] for letter in sorted(set(text)) if ord(letter) in letters}
    names = [".notdef", *dict.fromkeys(wanted.values())]
    drawings = source.getGlyphSet()
    units = source["head"].unitsPerEm
    builder = FontBuilder(units, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(wanted)
    glyphs = {name: _outline(source, name) for name in names}
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (drawings[name].width, glyphs[name].xMin) for name in names})
    builder.setupHorizontalHeader(ascent=source["hhea"].ascent, descent=source["hhea"].descent)
    builder.setupNameTable({"familyName": "Sample", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.updateHead(created=0, modified=0)
    out = io.BytesIO()
    builder.font.recalcTimestamp = False
    builder.save(out)
    return out.getvalue()


@cache
def _outline(source: TTFont, name: str) -> Glyph:
    """Return the glyph without references, in quadratic curves; cached, for reports share most of their characters."""
    drawings = source.getGlyphSet()
    outline = DecomposingRecordingPen(drawings)
    drawings[name].draw(outline)
    pen = TTGlyphPen(None)
    outline.replay(Cu2QuPen(pen, source["head"].unitsPerEm / 1000, reverse_direction="glyf" not in source))
    return pen.glyph()
