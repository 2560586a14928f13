"""Tables that a report has only as pictures: replaced in the finished PDF, so that every engine's reports can have
them.

The text and grid lines of such a table are removed from the page and its picture is put in their place. It looks the
same, places stay as they are, and all other text stays text.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2
from PIL import Image

from extraction.forms.printed_form import FormTable
from extraction.geometry import Box, union
from training.synthetic.content.draft import Draft, Rendered
from training.synthetic.printing import PrintingError
from training.synthetic.render.check import items
from training.synthetic.render.textlayer import TextLayer, plain

SWITCH = "table_picture"
"""The variation that asks for it."""

_MARGIN_POINTS = 1.5  # around the cells, for their outer grid lines
_DPI = (110, 130, 150, 200)
_JPEG_QUALITIES = (60, 75, 88)
_CHECKED_DPI, _BLOCK_PIXELS = 144, 12  # pages before and after are compared by the mean of blocks
_MAX_BLOCK_DIFFERENCE = 45.0  # grey levels: a grid line may move into the next block

_PAINTED = frozenset(("S", "s", "f", "F", "f*", "B", "B*", "b", "b*"))
_SHOWN = frozenset(("Tj", "TJ", "'", '"'))

Areas = Mapping[int, Sequence[Box]]
"""Page from 1 -> its areas that become pictures, in points from its top left."""


def with_pictures(draft: Draft, rendered: Rendered) -> Rendered:
    """Return the digital PDF with one of its tables, or all of them, as pictures where the draft asks for it.

    Equal arguments give equal PDFs. Raises PrintingError where the rest of the report changes.
    """
    if SWITCH not in draft.variations:
        return rendered
    rng = Random(f"{draft.split}/{draft.seed}/pictures")
    sections = sorted({part.section for part in draft.parts if isinstance(part, FormTable) and part.section != "index"})
    chosen = sections if rng.random() < 0.4 else [rng.choice(sections)]
    areas = _areas(draft, rendered, chosen)
    pictured = replace(rendered, pdf=_pictured(rendered.pdf, areas, rng.choice(_DPI), rng.choice(_JPEG_QUALITIES)))
    if fault := _fault(draft, rendered, pictured, chosen):
        raise PrintingError(f"a table as a picture: {fault}")
    return pictured


def _areas(draft: Draft, rendered: Rendered, sections: Sequence[str]) -> dict[int, list[Box]]:
    """Return where the tables of these sections are, each piece on a page by itself."""
    boxes: dict[tuple[int, int], list[Box]] = {}
    for key, found in rendered.places.items():
        part = draft.parts[key.part]
        if isinstance(part, FormTable) and part.section in sections:
            for place in found:
                boxes.setdefault((place.page, key.part), []).append(place.box)
    areas: dict[int, list[Box]] = {}
    for (page, _), own in sorted(boxes.items()):
        areas.setdefault(page, []).append(union(own).grown(_MARGIN_POINTS))
    return areas


def _fault(draft: Draft, before: Rendered, after: Rendered, sections: Sequence[str]) -> str:
    """Return what is wrong: text left of a table or lost elsewhere, a page that looks different; "" for nothing."""
    layer = TextLayer(after.pdf)
    for key, text in items(draft):
        part = draft.parts[key.part]
        gone = isinstance(part, FormTable) and part.section in sections
        if layer.at(before.places.get(key, ())) != ("" if gone else plain(text)):
            return f"{text!r} is {'still there' if gone else 'lost'}"
    for number, (one, other) in enumerate(zip(_drawn(before.pdf), _drawn(after.pdf), strict=True), 1):
        if np.abs(one - other).max() > _MAX_BLOCK_DIFFERENCE:
            return f"page {number} looks otherwise"
    return ""


def _drawn(pdf: bytes) -> Iterator[npt.NDArray[np.float32]]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            sheet = page.render(scale=_CHECKED_DPI / 72, grayscale=True).to_pil()
            yield np.asarray(sheet.reduce(_BLOCK_PIXELS), np.float32)
    finally:
        document.close()


# ---------------------------------------------------------------- the PDF


def _pictured(pdf: bytes, areas: Areas, dpi: int, quality: int) -> bytes:
    """Return the PDF with pictures in place of everything printed inside the areas."""
    pictures = _pictures(pdf, areas, dpi, quality)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for number, boxes in areas.items():
            page = document.pages[number - 1]
            left, _, _, top = (float(side) for side in page.mediabox)
            flipped = [_Area(left + b.left, top - b.bottom, left + b.right, top - b.top) for b in boxes]
            kept = pikepdf.unparse_content_stream(list(_outside(page, flipped)))
            drawn = "".join(_placed(_name(number, k), area) for k, area in enumerate(flipped))
            page.Contents = document.make_stream(b"q\n" + kept + b"\nQ\n" + drawn.encode("ascii"))
            for k, (jpeg, size) in enumerate(pictures[number]):
                page.add_resource(_image(document, jpeg, size), pikepdf.Name.XObject, pikepdf.Name(_name(number, k)))
        document.remove_unreferenced_resources()
        document.save(out, deterministic_id=True)
    return out.getvalue()


def _pictures(pdf: bytes, areas: Areas, dpi: int, quality: int) -> dict[int, list[tuple[bytes, tuple[int, int]]]]:
    """Return page -> the JPEG and the size in pixels of each area."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        made = {}
        for number, boxes in areas.items():
            sheet = document[number - 1].render(scale=dpi / 72, rev_byteorder=True).to_pil().convert("RGB")
            # The picture is stretched over its area, so it must show that and no half pixel more.
            crops = [_cut(sheet, box, dpi / 72) for box in boxes]
            made[number] = [(_jpeg(crop, quality), crop.size) for crop in crops]
        return made
    finally:
        document.close()


def _cut(sheet: Image.Image, box: Box, scale: float) -> Image.Image:
    size = max(1, round(box.width * scale)), max(1, round(box.height * scale))
    around = tuple(side * scale for side in box)
    return sheet.resize(size, Image.Resampling.BICUBIC, box=(around[0], around[1], around[2], around[3]))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _image(document: pikepdf.Pdf, jpeg: bytes, size: tuple[int, int]) -> pikepdf.Stream:
    return pikepdf.Stream(
        document,
        jpeg,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=size[0],
        Height=size[1],
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )


def _name(page: int, number: int) -> str:
    """Return a resource name that no other page has: some engines give all pages the same resources."""
    return f"/TablePicture{page}x{number}"


def _placed(name: str, area: _Area) -> str:
    width, height = area.right - area.left, area.top - area.bottom
    return f"q {width:.3f} 0 0 {height:.3f} {area.left:.3f} {area.bottom:.3f} cm {name} Do Q\n"


# ---------------------------------------------------------------- what is inside


class _Area(NamedTuple):
    """An area of a page in PDF coordinates: points from the bottom left."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, points: Sequence[tuple[float, float]]) -> bool:
        return all(self.left - 1 <= x <= self.right + 1 and self.bottom - 1 <= y <= self.top + 1 for x, y in points)


Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


def _outside(page: pikepdf.Page, areas: Sequence[_Area]) -> Iterator[Instruction]:
    """Yield the page's instructions without those that print inside the areas: text that starts and paths that lie
    there.

    Moving the pen, choosing fonts and clipping stay: later instructions depend on them.
    """
    pen = _Pen()
    path: list[Instruction] = []
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        pen.follow(operator, list(instruction.operands))
        if operator in _SHOWN:
            if not any(area.holds([pen.text_start()]) for area in areas):
                yield instruction
            elif operator not in ("Tj", "TJ"):
                raise PrintingError(f"the operator {operator} moves and prints")
        elif operator in _PATH:
            path.append(instruction)
        elif operator in _PAINTED or operator == "n":
            clips = any(str(i.operator) in ("W", "W*") for i in path)
            if operator == "n" or clips or not any(area.holds(pen.path) for area in areas):
                yield from (*path, instruction)
            path = []
            pen.path.clear()
        else:
            yield instruction


_PATH = frozenset(("m", "l", "c", "v", "y", "h", "re", "W", "W*"))
_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1, 0, 0, 1, 0, 0)


class _Pen:
    """The state of a content stream: its matrices, and the points of the current path."""

    def __init__(self) -> None:
        self.path: list[tuple[float, float]] = []
        self._page, self._line = _IDENTITY, _IDENTITY
        self._kept: list[_Matrix] = []
        self._leading = 0.0

    def text_start(self) -> tuple[float, float]:
        """Start of the current line of text; points from the bottom left."""
        return _at(_product(self._line, self._page), 0, 0)

    def follow(self, operator: str, operands: Sequence[object]) -> None:
        """Apply an instruction to the state."""
        numbers = [float(o) for o in operands if isinstance(o, int | float | Decimal)]
        match operator:
            case "q":
                self._kept.append(self._page)
            case "Q":
                self._page = self._kept.pop()
            case "cm":
                self._page = _product(_matrix(numbers), self._page)
            case "BT":
                self._line = _IDENTITY
            case "Tm":
                self._line = _matrix(numbers)
            case "TL":
                self._leading = numbers[0]
            case "Td" | "TD":
                self._leading = -numbers[1] if operator == "TD" else self._leading
                self._line = _product((1, 0, 0, 1, numbers[0], numbers[1]), self._line)
            case "T*":
                self._line = _product((1, 0, 0, 1, 0, -self._leading), self._line)
            case "m" | "l" | "c" | "v" | "y":
                pairs = zip(numbers[::2], numbers[1::2], strict=True)
                self.path += [_at(self._page, x, y) for x, y in pairs]
            case "re":
                x, y, width, height = numbers
                self.path += [_at(self._page, x, y), _at(self._page, x + width, y + height)]


def _matrix(numbers: Sequence[float]) -> _Matrix:
    a, b, c, d, e, f = numbers
    return a, b, c, d, e, f


def _product(first: _Matrix, then: _Matrix) -> _Matrix:
    """Return the matrix of both, one after the other."""
    a, b, c, d, e, f = first
    o, p, q, r, s, t = then
    return a * o + b * q, a * p + b * r, c * o + d * q, c * p + d * r, e * o + f * q + s, e * p + f * r + t


def _at(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
