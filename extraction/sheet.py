"""A page as it is read: the right way up and level, in points of its own, with the way back to the page of the file."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from extraction.document import Box, Matrix, Page, Raster, Region, Span
from extraction.orientation import upright
from models.loaded import Models
from models.recogniser import Quad


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is read: the right way up and level, in points of its own from its own top left.

    `spans` are its native characters; a scan has the `quads` of its text lines instead. `to_page` maps the sheet's
    points to those of the page as the file shows it.
    """

    number: int | None
    raster: Raster
    spans: tuple[Span, ...]
    quads: tuple[Quad, ...]
    to_page: Matrix

    @property
    def height(self) -> float:
        """Points."""
        return float(self.raster.pixels.shape[0] * self.raster.scale)

    def on_page(self, region: Region) -> Region:
        """The region with its boxes on the page."""
        table = region.table
        if table is not None:
            cells = tuple(replace(c, box=self._moved(c.box)) for c in table.cells)
            table = replace(table, cells=cells, box=self._moved(table.box))
        spans = tuple(replace(s, box=self._moved(s.box)) for s in region.spans)
        return replace(region, spans=spans, table=table, box=self._moved(region.box))

    def _moved(self, box: Box | None) -> Box | None:
        return box and Raster(self.raster.pixels, self.to_page).box_on_page(*box)


def sheets_of(page: Page, models: Models) -> tuple[Sheet, ...]:
    """The page ready to read: as it is where it has native text, else turned upright and made level.

    A scan of two pages beside each other gives two sheets, in reading order.
    """
    assert page.raster is not None
    if page.spans:
        return (Sheet(page.number, page.raster, page.spans, (), _IDENTITY),)
    turned, quads = upright(page.raster, models.recogniser)
    scale = turned.scale
    own = np.array([[scale, 0, 0], [0, scale, 0]])
    to_page = turned.to_page @ np.diag([1 / scale, 1 / scale, 1.0])
    return (Sheet(page.number, Raster(turned.pixels, own), (), tuple(quads), to_page),)


_IDENTITY: Matrix = np.array([[1.0, 0, 0], [0, 1, 0]])
