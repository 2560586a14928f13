"""A data set -> small pictures of its pages with their zones, kept on disk so that each PDF is rendered once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2

from annotations.store import gold_paths, read_gold
from annotations.zones import Zone, zones_data, zones_from

Colour = npt.NDArray[np.uint8]
"""Height x width x 3, BGR."""

_DRAWN = 2.0  # pixels a point before shrinking, about the pipeline's resolution


@dataclass(frozen=True, slots=True, eq=False)
class SmallPage:
    """A page's picture, and its zones in pixels (points times `scale`)."""

    picture: Colour
    zones: tuple[Zone, ...]
    scale: float

    @property
    def across(self) -> bool:
        """Whether it is wider than high."""
        return bool(self.picture.shape[1] > self.picture.shape[0])


def small_pages(folder: Path, cache: Path, side: int) -> list[SmallPage]:
    """Return every page of the reports of a data set that have zones, rendered unless `cache` has it.

    Reports still being written (without gold or PDF) are left out.
    """
    cache.mkdir(parents=True, exist_ok=True)
    return [page for path in gold_paths(folder) for page in _pages_of(path, cache, side)]


def _pages_of(path: Path, cache: Path, side: int) -> list[SmallPage]:
    index = cache / f"{path.stem}-{side}.json"
    if not index.is_file():
        annotation = read_gold(path)
        if not annotation.zones:
            return []
        entries = []
        for number, picture, scale in drawn_pages(path.parent / annotation.documents[0], side):
            cv2.imwrite(str(cache / f"{path.stem}-{number}-{side}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 93])
            zones = [zone for zone in annotation.zones if zone.page == number]
            entries.append({"page": number, "scale": scale, "zones": zones_data(zones)})
        index.write_text(json.dumps(entries), encoding="utf-8")
    return [
        SmallPage(
            np.asarray(cv2.imread(str(cache / f"{path.stem}-{entry['page']}-{side}.jpg"), cv2.IMREAD_COLOR), np.uint8),
            zones_from(entry["zones"]),
            entry["scale"],
        )
        for entry in json.loads(index.read_text(encoding="utf-8"))
    ]


def drawn_pages(pdf: Path, side: int) -> Iterator[tuple[int, Colour, float]]:
    """Yield every page of a PDF with its number, as a picture whose longer side is `side` pixels, and its pixels a
    point."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number, page in enumerate(document, 1):
            bitmap = page.render(scale=_DRAWN).to_numpy()
            colour = bitmap[..., :3] if bitmap.ndim == 3 and bitmap.shape[2] >= 3 else np.dstack([bitmap.squeeze()] * 3)
            factor = side / max(colour.shape[:2])
            small = cv2.resize(np.ascontiguousarray(colour), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            yield number, np.asarray(small, np.uint8), _DRAWN * factor
    finally:
        document.close()
