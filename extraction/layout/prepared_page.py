"""A page as it is read: the right way up and level, in points of its own, with the way back to the page of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from extraction.document import Box, Page, Raster, Region, Span
from extraction.preprocess.pipeline import prepared_pages
from models.loaded import Models

PAGE_NUMBER = re.compile(r"[-—–·.\s第]*\d{1,3}[-—–·.\s页]*")
"""What a line in the margin says that is no more than the page's number."""

_MARGIN = 0.1  # of the page's height


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is read: the right way up, level and flat, in points of its own from its own top left.

    `spans` are its native characters; a scan has none. `source` is the same picture with the map to the page as the
    file shows it. `rules` are the strokes of its rules, where the file draws them itself.
    """

    number: int | None
    raster: Raster
    spans: tuple[Span, ...]
    source: Raster
    rules: tuple[Box, ...] | None = None

    @property
    def height(self) -> float:
        """Points."""
        return float(self.raster.size[0] * self.raster.scale)

    def has_in_margin(self, box: Box | None) -> bool:
        """Whether a box lies where page numbers and running heads stand."""
        return box is not None and (box.bottom < _MARGIN * self.height or box.top > (1 - _MARGIN) * self.height)

    def on_page(self, region: Region) -> Region:
        """The region with its boxes on the page."""
        if self.source is self.raster:
            return region
        table = region.table
        if table is not None:
            cells = tuple(replace(c, box=self._moved(c.box)) for c in table.cells)
            table = replace(table, cells=cells, box=self._moved(table.box))
        spans = tuple(replace(s, box=self._moved(s.box)) for s in region.spans)
        return replace(region, spans=spans, table=table, box=self._moved(region.box))

    def _moved(self, box: Box | None) -> Box | None:
        return box and self.source.box_on_page(*(side / self.raster.scale for side in box))


def sheets_of(page: Page, models: Models) -> tuple[Sheet, ...]:
    """The page ready to read: as it is where it has native text, else turned upright, made level and flat.

    A scan of two pages beside each other gives two sheets, in reading order.
    """
    assert page.raster is not None
    if page.spans or not models.steps.preparation:
        return (Sheet(page.number, page.raster, page.spans, page.raster, page.rules),)
    scale = page.raster.scale
    own = np.array([[scale, 0, 0], [0, scale, 0]])
    return tuple(
        Sheet(
            page.number,
            Raster(source.pixels, own, overprint=source.overprint),
            (),
            source,
        )
        for source in prepared_pages(page.raster, models.recogniser)
    )
