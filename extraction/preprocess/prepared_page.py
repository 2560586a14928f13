"""A page ready to read: upright, deskewed and dewarped, in points of its own, with the map to the page of the file."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from extraction.document import Page, Region, Span
from extraction.doubts import Doubts
from extraction.geometry import Box, Pixels, Raster
from extraction.preprocess.binarize import grey, page_ink
from extraction.preprocess.pipeline import prepared_pages
from extraction.settings import Settings
from models.loaded import Models


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """An upright, deskewed and dewarped page; its positions are in points from its own top left.

    `spans` are its native characters; a scan has none. `source` is the same picture with the map to the page as the
    file shows it. `rules` are the grid lines that the file itself draws, None where it is a picture. `doubts` hold for
    everything that is read from the page.
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
    """The stage `preparation`: a page of native text as it is, the prepared pages on a scan in reading order.

    The page must have a picture.
    """
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
    """The page without any preparation; it must have a picture."""
    assert page.raster is not None
    return PreparedPage(page.number, page.raster, page.spans, page.raster, page.rules, page.doubts)


@dataclass(frozen=True, slots=True, eq=False)
class PageLayers:
    """A page and its `ink` mask (255 on ink), None for a page of native text.

    Such a page is rendered only where a cell without characters must be examined.
    """

    page: PreparedPage
    ink: Pixels | None

    @property
    def shades(self) -> Pixels:
        """The page's grey levels (height x width), for which a page of native text is rendered."""
        return grey(self.page.raster.pixels)


def layers_of(page: PreparedPage, models: Models, settings: Settings) -> PageLayers:
    """The stage `layers`: the page and its ink mask."""
    del models, settings
    return PageLayers(page, None if page.spans else page_ink(grey(page.raster.pixels)))
