"""The tables of a page as structure: which cells there are, and where. What they say is not read yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extraction.document import Span
from extraction.preprocess.prepared_page import PageLayers
from extraction.settings import Settings, TableSettings
from extraction.tables.borderless import find_borderless_grids, ink_pieces, native_pieces
from extraction.tables.grid import Grid
from extraction.tables.line_detection import find_grids
from extraction.tables.vector_grid import grids_of_rules
from models.loaded import Models

_MIN_CELL_POINTS = 7.0  # no figure has room in less: it is the gap between a grid line and a streak beside it


@dataclass(frozen=True, slots=True, eq=False)
class TableStructure:
    """The tables of a page, ruled ones first, every cell inside the picture."""

    layers: PageLayers
    grids: tuple[Grid, ...]

    @property
    def outside(self) -> list[Span]:
        """The native characters that stand in no table."""
        return spans_outside(self.layers, self.grids)


def structure_of(layers: PageLayers, models: Models, settings: Settings) -> TableStructure:
    """The tables with grid lines, then those without."""
    del models
    ruled = ruled_grids(layers, settings.tables)
    return with_grids(layers, [*ruled, *open_grids(layers, ruled)])


def with_grids(layers: PageLayers, grids: Sequence[Grid]) -> TableStructure:
    """The structure of these tables, their cells inside the picture."""
    raster = layers.page.raster
    height, width = raster.size
    return TableStructure(layers, tuple(g.clipped(width, height, _MIN_CELL_POINTS / raster.scale) for g in grids))


def ruled_grids(layers: PageLayers, settings: TableSettings) -> list[Grid]:
    """The tables with grid lines, in pixels: from the lines that the file draws, else from the page's picture."""
    page = layers.page
    if page.rules is not None:
        return grids_of_rules(page.rules, page.raster.scale, settings)
    return find_grids(layers.shades, page.raster.scale, settings, layers.ink)


def open_grids(layers: PageLayers, ruled: Sequence[Grid]) -> list[Grid]:
    """The tables without grid lines, by how their text stands; what lies over a ruled one or off the page is noise."""
    scale = layers.page.raster.scale
    ink = layers.ink
    pieces = native_pieces(spans_outside(layers, ruled)) if ink is None else ink_pieces(ink, scale, ruled)
    height, width = layers.page.raster.size
    return [
        grid
        for grid in find_borderless_grids(pieces, scale)
        if grid.fits(width, height) and not any(grid.overlaps(other) for other in ruled)
    ]


def spans_outside(layers: PageLayers, grids: Sequence[Grid]) -> list[Span]:
    """The native characters that stand in none of these tables."""
    raster = layers.page.raster
    boxes = [raster.box_on_page(g.left, g.top, g.right, g.bottom).grown(1.0) for g in grids]
    return [s for s in layers.page.spans if s.box and not any(b.holds(s.box.middle) for b in boxes)]
