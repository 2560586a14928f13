"""A data set -> one picture of random scanned pages with their gold drawn on, to check boxes against cells by eye.

    python -m training.synthetic.sheet DATASET --out docs/pictures/boxes.jpg

Field cells are red with the printed text of the gold in blue at their top left, labels are green.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from annotations.store import SPLITS, Annotation, read_annotation, read_split
from extraction.geometry import Box, Pixels

_CELL, _LABEL, _TEXT, _NAME = (225, 40, 40), (30, 150, 60), (20, 60, 220), (150, 0, 150)
_GAP = 8
_HEAD = 18


class Shot(NamedTuple):
    """A page of a report to be shown, from 1."""

    annotation: Annotation
    page: int


def main(arguments: list[str] | None = None) -> int:
    """Write the picture; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.synthetic.sheet", description=__doc__)
    parser.add_argument("dataset", type=Path, help="folder of a data set")
    parser.add_argument("--out", type=Path, default=Path("docs/pictures/boxes.jpg"), help="picture to write")
    parser.add_argument("--count", type=int, default=20, help="pages to show")
    parser.add_argument("--columns", type=int, default=5, help="pages beside each other")
    parser.add_argument("--width", type=int, default=560, help="pixels of a page")
    parser.add_argument("--kilobytes", type=int, default=900, help="the most that the picture may take")
    parser.add_argument("--seed", type=int, default=0, help="which pages are drawn")
    given = parser.parse_args(arguments)
    shots = chosen(given.dataset, given.count, given.seed)
    if not shots:
        parser.error(f"{given.dataset} has no scanned page with a field on it")
    pages = [shown(given.dataset, shot, given.width) for shot in shots]
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_bytes(_jpeg(tiled(pages, given.columns), given.kilobytes * 1000))
    print(f"{given.out}: {len(pages)} pages, {given.out.stat().st_size // 1000} kB")
    return 0


def chosen(folder: Path, count: int, seed: int) -> list[Shot]:
    """Return random scanned pages with field cells, at most one of a report, levels equally frequent."""
    random = np.random.default_rng(seed)
    by_level: dict[str, list[Shot]] = {}
    for annotation in _scanned(folder):
        pages = [f.page for f in annotation.report.fields if f.page is not None and f.box is not None]
        if pages:  # a page with many fields is shown rather than one with few
            page = pages[int(random.integers(len(pages)))]
            by_level.setdefault(annotation.level, []).append(Shot(annotation, page))
    for shots in by_level.values():
        random.shuffle(shots)
    rounds = range(max(map(len, by_level.values()), default=0))
    mixed = [by_level[level][k] for k in rounds for level in by_level if k < len(by_level[level])]
    return mixed[:count]


def shown(folder: Path, shot: Shot, width: int) -> Pixels:
    """Return the page in RGB, `width` pixels wide, with the gold of its fields and labels and its name."""
    annotation, number = shot
    document = pypdfium2.PdfDocument(folder / "reports" / annotation.documents[0])
    try:
        page = document[number - 1]
        points, _ = page.get_size()
        drawn = page.render(scale=width / points * 2, rev_byteorder=True).to_numpy()
    finally:
        document.close()
    colour = drawn[..., :3] if drawn.ndim == 3 and drawn.shape[2] >= 3 else np.dstack([drawn.squeeze()] * 3)
    scale = width / points
    shape = (width, round(colour.shape[0] * width / colour.shape[1]))
    small = cv2.resize(np.ascontiguousarray(colour), shape, interpolation=cv2.INTER_AREA)
    picture: Pixels = np.ascontiguousarray(small, np.uint8)
    for label in annotation.labels:
        if label.page == number and label.box is not None:
            _framed(picture, label.box, scale, _LABEL)
    fields = [f for f in annotation.report.fields if f.page == number and f.box is not None]
    for field in fields:
        if field.box is not None:
            _framed(picture, field.box, scale, _CELL)
            _written(
                picture, field.printed, (round(field.box.left * scale) + 1, round(field.box.top * scale) + 8), _TEXT
            )
    head = np.full((_HEAD, width, 3), 255, np.uint8)
    _written(head, f"{annotation.id}  p. {number}  {annotation.made_by}", (3, _HEAD - 5), _NAME, 11)
    return np.asarray(np.concatenate([head, picture]), np.uint8)


def tiled(pages: list[Pixels], columns: int) -> Pixels:
    """Return pages in rows; each row as high as its highest."""
    rows = []
    for first in range(0, len(pages), columns):
        row = pages[first : first + columns]
        height = max(page.shape[0] for page in row)
        padded = [np.pad(p, [(0, height - p.shape[0] + _GAP), (0, _GAP), (0, 0)], constant_values=235) for p in row]
        rows.append(np.concatenate(padded, axis=1))
    widest = max(row.shape[1] for row in rows)
    return np.asarray(
        np.concatenate([np.pad(r, [(0, 0), (0, widest - r.shape[1]), (0, 0)], constant_values=235) for r in rows]),
        np.uint8,
    )


def _scanned(folder: Path) -> Iterator[Annotation]:
    for split in SPLITS:
        if (folder / "splits" / f"{split}.txt").is_file():
            for name in read_split(folder, split):
                annotation = read_annotation(folder, name)
                if annotation.level != "digital":
                    yield annotation


def _framed(picture: Pixels, box: Box, scale: float, colour: tuple[int, int, int]) -> None:
    left, top, right, bottom = (round(side * scale) for side in box)
    cv2.rectangle(picture, (left, top), (right, bottom), colour, 1)


def _written(picture: Pixels, text: str, at: tuple[int, int], colour: tuple[int, int, int], size: int = 9) -> None:
    """Write in the face that OpenCV 5 carries: the same on every machine."""
    cv2.putText(picture, text, at, colour, cv2.FontFace("uni"), size, 500)


def _jpeg(picture: Pixels, limit: int) -> bytes:
    """Return the picture at the best quality, at least 20, that keeps within `limit` bytes."""
    for quality in range(80, 15, -5):
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= limit:
            break
    return out.getvalue()


if __name__ == "__main__":
    raise SystemExit(main())
