"""A page made fit to read: upright, level and flat, in points of its own, with the way back to the page of the file."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from extraction.document import Box, Page, Pixels, Raster, Region, Span
from extraction.doubts import Doubts
from extraction.preprocess.binarize import grey, page_ink
from extraction.preprocess.pipeline import prepared_pages
from extraction.settings import Settings
from models.loaded import Models


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """A page the right way up, level and flat, in points from its own top left.

    `spans` are its native characters; a scan has none. `source` is the same picture with the map to the page as the
    file shows it. `rules` are the strokes of its grid lines where the file draws them itself, else None. `doubts` are
    about all that is read from it.
    """

    number: int | None
    raster: Raster
    spans: tuple[Span, ...]
    source: Raster
    rules: tuple[Box, ...] | None = None
    doubts: Doubts = ()

    @property
    def height(self) -> float:
        """Points."""
        return float(self.raster.size[0] * self.raster.scale)

    def on_page(self, region: Region) -> Region:
        """The region with its boxes on the page as the file shows it."""
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


def prepare(page: Page, models: Models, settings: Settings) -> tuple[PreparedPage, ...]:
    """The page as it is where it has native text, else made fit to read; of a scan of two facing pages both, in reading
    order. The page must have a picture."""
    del settings
    if page.spans:
        return (as_it_lies(page),)
    assert page.raster is not None
    scale = page.raster.scale
    own = np.array([[scale, 0, 0], [0, scale, 0]])
    return tuple(
        PreparedPage(page.number, Raster(made.pixels, own, overprint=made.overprint), (), made, doubts=page.doubts)
        for made in prepared_pages(page.raster, models.recogniser)
    )


def as_it_lies(page: Page) -> PreparedPage:
    """The page without any preparation. It must have a picture."""
    assert page.raster is not None
    return PreparedPage(page.number, page.raster, page.spans, page.raster, page.rules, page.doubts)


@dataclass(frozen=True, slots=True, eq=False)
class PageLayers:
    """A page's pixels taken apart: `ink` is 255 where there is print.

    It is None for a page of native text: such a page is drawn only where a cell without a character must be looked
    into.
    """

    page: PreparedPage
    ink: Pixels | None

    @property
    def shades(self) -> Pixels:
        """The page's grey values, which a prepared scan consists of; a native page is drawn for them."""
        return grey(self.page.raster.pixels)


def layers_of(page: PreparedPage, models: Models, settings: Settings) -> PageLayers:
    """The layers of a page."""
    del models, settings
    return PageLayers(page, None if page.spans else page_ink(grey(page.raster.pixels)))
