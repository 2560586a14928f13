"""Small files for tests, written byte by byte so that each test shows what is in its input."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

SAMPLES = Path(__file__).resolve().parents[1] / "annotations" / "samples"


@dataclass(frozen=True)
class PdfPage:
    """A page: its content stream, its own keys (`/Rotate 90`), and the pictures it may draw as /Im0, /Im1 …"""

    content: str = ""
    keys: str = "/MediaBox [0 0 300 400]"
    pictures: Sequence[Image.Image] = ()
    fonts: str = ""  # more entries of the font resources, beside /F1, which is Helvetica
    forms: Sequence[str] = ()  # content of the forms it may draw as /Fm0, /Fm1 …, with the page's own pictures


def pdf(*pages: PdfPage, extra: Sequence[str] = ()) -> bytes:
    """A PDF of these pages with an exact cross-reference table. `extra` are objects numbered from 3."""
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b"", *(e.encode("latin-1") for e in extra)]

    def add(content: bytes) -> int:
        objects.append(content)
        return len(objects)

    kids = []
    for page in pages:
        images = " ".join(f"/Im{i} {add(_picture(picture))} 0 R" for i, picture in enumerate(page.pictures))
        fonts = f"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>{page.fonts}>>"
        inner = f"/Resources<<{fonts}/XObject<<{images}>>>>"
        forms = " ".join(
            f"/Fm{i} {add(_stream(form, f'/Type/XObject/Subtype/Form/BBox[0 0 1000 1000]{inner}'))} 0 R"
            for i, form in enumerate(page.forms)
        )
        content = add(_stream(page.content))
        resources = f"/Resources<<{fonts}/XObject<<{images} {forms}>>>>"
        kids.append(add(f"<</Type/Page/Parent 2 0 R {page.keys}/Contents {content} 0 R{resources}>>".encode("latin-1")))
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{k} 0 R' for k in kids)}]>>".encode()
    return pdf_file(objects)


def text_at(x: float, y: float, text: str, size: float = 12, font: str = "F1", mode: int = 0) -> str:
    """The operators that print `text` with its baseline at (x, y) from the bottom left. Mode 3 is invisible."""
    return f"BT {mode} Tr /{font} {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n"


def picture_at(x: float, y: float, width: float, height: float, name: str = "Im0") -> str:
    """The operators that draw a picture into a rectangle, from the bottom left."""
    return f"q {width} 0 0 {height} {x} {y} cm /{name} Do Q\n"


def _stream(content: str, keys: str = "") -> bytes:
    data = content.encode("latin-1")
    return f"<<{keys}/Length {len(data)}>>stream\n".encode("latin-1") + data + b"\nendstream"


def _picture(picture: Image.Image) -> bytes:
    data = zlib.compress(np.asarray(picture.convert("L")).tobytes())
    keys = (
        f"<</Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}"
        f"/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode/Length {len(data)}>>stream\n"
    )
    return keys.encode() + data + b"\nendstream"


def pdf_file(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1, of which the first is the catalogue."""
    data = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(data)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of a picture file."""
    target = BytesIO()
    picture.save(target, kind, **options)  # type: ignore[arg-type]
    return target.getvalue()


def sample(report: str, name: str) -> bytes:
    """A file of one of the sample reports."""
    return (SAMPLES / report / name).read_bytes()
