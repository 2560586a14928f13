# mypy: disable-error-code="import-untyped,import-not-found,no-untyped-call"
"""Pages to draw on in any order, in points from the top left; written by ReportLab at the end."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from training.samples.fonts import small_font
from training.synthetic.fonts import font_file
from training.synthetic.render.measure import Face
from training.synthetic.render.style import PAGE_HEIGHT, PAGE_WIDTH, scripts

_Drawing = Callable[[Any], None]


class Pages:
    """Drawings by page, the first of which is 1. `letters` are all characters that will be written."""

    def __init__(self, letters: str, families: set[str]) -> None:
        self._drawings: dict[int, list[_Drawing]] = {1: []}
        self._names: dict[str, str] = {}
        for number, family in enumerate(sorted(families)):
            self._names[family] = f"Face{number}"
            _register(self._names[family], small_font(*font_file(family), letters + " "))

    def count(self) -> int:
        """Number of pages so far."""
        return max(self._drawings)

    def write(self, page: int, text: str, face: Face, at: tuple[float, float], spread: float, colour: str) -> float:
        """Write a text from (x, baseline) on, `spread` points after each character; return the x of its end."""
        x, baseline = at
        for piece, _ in scripts(text):
            self._piece(page, piece, face, (x, baseline), spread, colour)
            x += face.width(piece) + spread * len(piece)
        return x

    def line(self, page: int, start: tuple[float, float], end: tuple[float, float], width: float, colour: str) -> None:
        """Draw a straight line."""

        def draw(pdf: Any) -> None:
            pdf.setStrokeColor(HexColor(colour))
            pdf.setLineWidth(width)
            pdf.line(start[0], PAGE_HEIGHT - start[1], end[0], PAGE_HEIGHT - end[1])

        self._add(page, draw)

    def fill(self, page: int, box: tuple[float, float, float, float], colour: str) -> None:
        """Fill a rectangle (left, top, right, bottom)."""

        def draw(pdf: Any) -> None:
            left, top, right, bottom = box
            pdf.setFillColor(HexColor(colour))
            pdf.rect(left, PAGE_HEIGHT - bottom, right - left, bottom - top, stroke=0, fill=1)

        self._add(page, draw)

    def pdf(self) -> bytes:
        """Return the document, without date and identifier."""
        out = io.BytesIO()
        sheet = canvas.Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1)
        sheet.setLineCap(2)
        for page in range(1, self.count() + 1):
            for draw in self._drawings.get(page, []):
                draw(sheet)
            sheet.showPage()
        sheet.save()
        return out.getvalue()

    def _piece(self, page: int, text: str, face: Face, at: tuple[float, float], spread: float, colour: str) -> None:
        name = self._names[face.of(text[0])]

        def draw(pdf: Any) -> None:
            line = pdf.beginText(at[0], PAGE_HEIGHT - at[1])
            line.setFont(name, face.size)
            line.setCharSpace(spread + face.tracking)
            line.setFillColor(HexColor(colour))
            line.textOut(text)
            pdf.drawText(line)

        self._add(page, draw)

    def _add(self, page: int, draw: _Drawing) -> None:
        self._drawings.setdefault(page, []).append(draw)


def _register(name: str, data: bytes) -> None:
    """Register a font with ReportLab, which otherwise keeps the first font of each name."""
    font = TTFont(name, io.BytesIO(data))
    font.face.name = name.encode()
    pdfmetrics._fonts.pop(name, None)
    pdfmetrics._dynFaceNames.pop(font.face.name, None)
    pdfmetrics.registerFont(font)
