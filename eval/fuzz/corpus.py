"""The files that are damaged: the sample reports in every format, and pictures of a part of a page."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random

import pypdfium2 as pdfium
from PIL import Image

from eval.fuzz.mutations import damaged

SAMPLES = Path(__file__).resolve().parents[2] / "annotations" / "samples"
_PICTURES = (("png", "PNG"), ("jpg", "JPEG"), ("tif", "TIFF"))
_SHARES = {"html": 5, "docx": 5, "pdf": 5, "txt": 2, "png": 1, "jpg": 1, "tif": 1}


@dataclass(frozen=True, slots=True)
class Good:
    """An undamaged file, its origin, and its gold."""

    name: str
    file: Path
    gold: Path

    def read(self) -> bytes:
        """Return the file's content."""
        return self.file.read_bytes()


def good_files(count: int) -> list[Good]:
    """Return `count` sample reports as PDF, DOCX and HTML, repeated under other names."""
    known = [
        Good(f"good/{{n}}-{folder.name}{path.suffix}", path, folder / "gold.json")
        for folder in _samples()
        for path in sorted(folder.glob("report.*"))
    ]
    chosen = [known[n % len(known)] for n in range(count)]
    return [Good(one.name.format(n=n), one.file, one.gold) for n, one in enumerate(chosen)]


def damaged_files(count: int, seed: int) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield names of damaged files and functions that make each (callable once); equal seeds give equal files."""
    seeds = _seeds()
    kinds, shares = list(_SHARES), list(_SHARES.values())
    for number in range(count):
        draw = random.Random(f"{seed}.{number}")
        kind = draw.choices(kinds, shares)[0]
        yield f"damaged/{number:06}.{kind}", partial(_one, seeds, kind, draw)


def _one(seeds: dict[str, list[bytes]], kind: str, draw: Random) -> bytes:
    other = seeds[kind if draw.random() < 0.7 else draw.choice(list(seeds))]
    return damaged(draw.choice(seeds[kind]), draw.choice(other), draw)


def _samples() -> list[Path]:
    return sorted(p.parent for p in SAMPLES.glob("*/gold.json"))


def _seeds() -> dict[str, list[bytes]]:
    seeds: dict[str, list[bytes]] = {kind: [] for kind in _SHARES}
    for folder in _samples():
        for kind in ("html", "docx", "pdf"):
            path = folder / f"report.{kind}"
            if path.exists():
                seeds[kind].append(path.read_bytes())
    for data in seeds["pdf"][:3]:
        picture = _part_of_a_page(data)
        for suffix, kind in _PICTURES:
            target = BytesIO()
            picture.save(target, kind)
            seeds[suffix].append(target.getvalue())
    seeds["txt"] = [_text_of(data) for data in seeds["pdf"]]
    return seeds


def _part_of_a_page(data: bytes) -> Image.Image:
    document = pdfium.PdfDocument(data)
    try:
        picture: Image.Image = document[min(1, len(document) - 1)].render(scale=1.4, grayscale=True).to_pil()
    finally:
        document.close()
    return picture.crop((0, 0, picture.width, picture.height // 3))


def _text_of(data: bytes) -> bytes:
    document = pdfium.PdfDocument(data)
    try:
        return "\f".join(page.get_textpage().get_text_bounded() for page in document).encode()
    finally:
        document.close()
