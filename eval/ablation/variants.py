"""Gouji without one of its stages or detectors, declared as data.

A stage is replaced in the tuple that the pipeline goes through. A detector is one function in a room that finds one
kind of trouble; its name in the module that calls it is bound to a neutral function while a document is read, in a
worker process of the evaluation only: the product has no switch for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from msgspec.structs import replace as with_setting

from eval.engines.reading import accepted_as_read
from extraction.cells.fusion import CellText
from extraction.cells.ink_lines import InkLine
from extraction.cells.readings import CellReadings
from extraction.contents import Contents
from extraction.document import Cell, Field, Page, Region
from extraction.doubts import Doubts
from extraction.forms.catalogue import Identity
from extraction.forms.form_lines import FormLine
from extraction.geometry import Box, Pixels
from extraction.labelling.column_assignment import Placed
from extraction.labelling.row_alignment import FormMatch
from extraction.labelling.table_rows import PrintedRow
from extraction.layout.page_regions import regions_of
from extraction.pipeline import STAGES
from extraction.preprocess.illumination import Paper
from extraction.preprocess.prepared_page import PageLayers, PreparedPage, as_it_lies
from extraction.reconcile.solver.model import Problem
from extraction.settings import ReadingSettings, Settings
from extraction.stages import Stage, Stages
from extraction.tables.grid import Grid
from extraction.tables.structure import TableStructure, open_grids, with_grids
from models.line_reader import LineReader
from models.loaded import Models
from models.recogniser import Image, Reading, Recogniser


@dataclass(frozen=True, slots=True)
class Detector:
    """A function that is made neutral: `function` is its name in `module`, which calls it there; `neutral` has its
    parameters and does nothing. `stages` are those of the pipeline in which it runs."""

    module: str
    function: str
    neutral: Callable[..., Any]
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """Gouji without one thing: `left` says what is left then. Either a stage is replaced or a detector is neutral."""

    name: str
    left: str
    change: Stage | Detector

    @property
    def acts_in(self) -> tuple[str, ...]:
        """The stages that may give something else than Gouji's from the same value."""
        return (self.change.name,) if isinstance(self.change, Stage) else self.change.stages

    @property
    def stages(self) -> Stages:
        """The stages that a document goes through."""
        return STAGES.replacing(self.change) if isinstance(self.change, Stage) else STAGES


@contextmanager
def neutralised(variant: Variant) -> Iterator[None]:
    """Bind the variant's detector, if it is one, to its neutral function while the body runs."""
    if isinstance(variant.change, Stage):
        yield
        return
    module, name = import_module(variant.change.module), variant.change.function
    kept = getattr(module, name)
    setattr(module, name, variant.change.neutral)
    try:
        yield
    finally:
        setattr(module, name, kept)


# ---------------------------------------------------------------- stages


def _believed(page: Page, models: Models, settings: Settings) -> Page:
    del models, settings
    return page


def _unprepared(page: Page, models: Models, settings: Settings) -> PreparedPage:
    del models, settings
    return as_it_lies(page)


def _unruled(layers: PageLayers, models: Models, settings: Settings) -> TableStructure:
    del models, settings
    return with_grids(layers, open_grids(layers, ()))


def _without_network(readings: CellReadings, models: Models, settings: Settings) -> tuple[Region, ...]:
    return regions_of(readings, models, with_setting(settings, reading=ReadingSettings(layout=False)))


def _untagged(contents: Contents, models: Models, settings: Settings) -> Contents:
    del models, settings
    return contents


# ---------------------------------------------------------------- detectors: preprocess


def _only_grey(pixels: Pixels, paper: Paper) -> tuple[Pixels, Pixels | None]:
    del paper
    return (pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)), None


def _as_lit(pixels: Pixels, paper: Paper) -> Pixels:
    del paper
    return pixels


def _as_deep(pixels: Pixels) -> Pixels:
    return pixels


def _not_turned(
    grey_pixels: Pixels,
    ink_mask: Pixels,
    points: npt.NDArray[Any],
    angle: float,
    reduction: int,
    recogniser: Recogniser,
) -> int:
    del grey_pixels, ink_mask, points, angle, reduction, recogniser
    return 0


def _one_page(ink_mask: Pixels) -> float | None:
    del ink_mask
    return None


def _level(points: npt.NDArray[Any]) -> float:
    del points
    return 0.0


def _flat(reduced: Pixels, ink_mask: Pixels) -> None:
    del reduced, ink_mask


# ---------------------------------------------------------------- detectors: tables


def _not_cropped(grids: Sequence[Grid], level: Pixels, upright: Pixels) -> list[Grid]:
    del level, upright
    return list(grids)


def _all_level(across: Pixels, down: Pixels, reach: int) -> Pixels:
    del down, reach
    return across


def _all_upright(down: Pixels, across: Pixels, short: float, margin: float) -> Pixels:
    del across, short, margin
    return down


def _not_grainy(grey_pixels: Pixels) -> bool:
    del grey_pixels
    return False


def _none_open(pieces: Sequence[Box], scale: float) -> list[Grid]:
    del pieces, scale
    return []


# ---------------------------------------------------------------- detectors: cells


def _no_other_reading(sheet: Any, found: Mapping[Any, Any], reader: Any) -> dict[Any, Any]:
    del sheet, found, reader
    return {}


def _no_second_opinion(
    pictures: Any, spots: Sequence[Any], figures: Mapping[Any, Any], recogniser: Recogniser
) -> dict[Any, CellText]:
    del pictures, spots, figures, recogniser
    return {}


def _no_blots(marks: Pixels, lines: Sequence[InkLine], digit: float) -> frozenset[InkLine]:
    del marks, lines, digit
    return frozenset()


def _not_bilevel(picture: Pixels) -> bool:
    del picture
    return False


def _not_overprinted(sheet: Any, spot: Any) -> bool:
    del sheet, spot
    return False


def _nothing_against(text: str, place: Any) -> Doubts:
    del text, place
    return ()


def _not_again(line: Image, first: Reading, reader: LineReader) -> Reading:
    del line, reader
    return first


# ---------------------------------------------------------------- detectors: labelling


def _none_pinned(rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> dict[int, int]:
    del rows, lines
    return {}


def _none_twice(match: FormMatch) -> FormMatch:
    return match


def _none_shared(placed: dict[str, Placed]) -> dict[str, Placed]:
    return placed


def _never_negative(cell: Cell) -> bool:
    del cell
    return False


def _none_isolated(fields: Sequence[Field], pictured: frozenset[int | None]) -> tuple[Field, ...]:
    del pictured
    return tuple(fields)


def _none_hidden(
    fields: Sequence[Field], regions: Sequence[Region], pictured: frozenset[int | None]
) -> tuple[Field, ...]:
    del regions, pictured
    return tuple(fields)


# ---------------------------------------------------------------- detectors: reconcile


def _none_shifted(problem: Problem) -> frozenset[str]:
    del problem
    return frozenset()


def _even_odds(fields: Iterable[Field]) -> Callable[[str], float]:
    del fields
    return lambda field_id: 0.5


def _none_inferred(fields: Sequence[Field], identities: Sequence[Identity]) -> tuple[Field, ...]:
    del identities
    return tuple(fields)


def _stage(name: str, run: Callable[..., Any], left: str) -> Variant:
    return Variant(name, left, Stage(name, run))


def _detector(name: str, left: str, place: str, neutral: Callable[..., Any], *stages: str) -> Variant:
    """`name` is the room and what is found, `place` the module and the function's name there."""
    module, function = place.split(":")
    return Variant(name, left, Detector(f"extraction.{module}", function, neutral, stages))


VARIANTS: tuple[Variant, ...] = (
    _stage("text layer", _believed, "text layers are believed whatever the picture shows"),
    _stage("preparation", _unprepared, "scans are read as they lie"),
    _stage("structure", _unruled, "every table is read as one without grid lines"),
    _stage("regions", _without_network, "no layout network"),
    _stage("tags", _untagged, "labels are named by their wording alone"),
    _stage("sums", accepted_as_read, "no sum speaks for or against a figure"),
    _detector(
        "preprocess.coloured_ink",
        "seals and pens stay in the picture",
        "preprocess.pipeline:without_colour",
        _only_grey,
        "preparation",
    ),
    _detector("preprocess.light", "shadows stay", "preprocess.pipeline:evenly_lit", _as_lit, "preparation"),
    _detector("preprocess.faint", "faint print stays faint", "preprocess.pipeline:deepened", _as_deep, "preparation"),
    _detector(
        "preprocess.orientation",
        "pages are not turned by quarters",
        "preprocess.pipeline:quarter_turns_to_upright",
        _not_turned,
        "preparation",
    ),
    _detector(
        "preprocess.page_split",
        "facing pages stay one",
        "preprocess.pipeline:gutter_position",
        _one_page,
        "preparation",
    ),
    _detector("preprocess.skew", "no skew is measured", "preprocess.pipeline:skew_of", _level, "preparation"),
    _detector("preprocess.dewarp", "pages stay bent", "preprocess.dewarp:_warp", _flat, "preparation"),
    _detector(
        "tables.cropped_cells",
        "cells at the picture's edge are not in doubt",
        "tables.line_detection:with_cut_off_cells_doubted",
        _not_cropped,
        "structure",
    ),
    _detector(
        "tables.free_strokes",
        "level strokes that meet no upright one are grid lines",
        "tables.line_detection:_meeting",
        _all_level,
        "structure",
    ),
    _detector(
        "tables.loose_strokes",
        "strokes of headings and streaks are grid lines",
        "tables.line_detection:_without_loose_strokes",
        _all_upright,
        "structure",
    ),
    _detector(
        "tables.grain", "grainy pages are not smoothed", "tables.line_detection:_is_grainy", _not_grainy, "structure"
    ),
    _detector(
        "tables.borderless",
        "tables without grid lines are not found",
        "tables.structure:find_borderless_grids",
        _none_open,
        "structure",
    ),
    _detector(
        "cells.other_crops", "figures are read in one crop", "cells.reader:_other_crops", _no_other_reading, "cells"
    ),
    _detector(
        "cells.coloured_ink",
        "figures under coloured ink are read with it only",
        "cells.reader:_without_coloured_ink",
        _no_other_reading,
        "cells",
    ),
    _detector(
        "cells.second_opinions",
        "the general recogniser is not asked about figures",
        "cells.reader:_second_opinions",
        _no_second_opinion,
        "cells",
    ),
    _detector("cells.blots", "no spot is thicker than strokes", "cells.reader:_blots", _no_blots, "cells"),
    _detector(
        "cells.bilevel", "scans of two tones are read as all others", "cells.reader:_is_bilevel", _not_bilevel, "cells"
    ),
    _detector(
        "cells.overprint",
        "no figure lies under a seal or a pen",
        "cells.reader:_overprinted",
        _not_overprinted,
        "cells",
    ),
    _detector(
        "cells.against_marks",
        "a reading need not fit the ink of its cell",
        "cells.fusion:_against_marks",
        _nothing_against,
        "cells",
    ),
    Variant(
        "cells.read_again",
        "lines are not read again by the larger network",
        Detector("models.recogniser", "read_again", _not_again, ("text layer", "preparation", "cells", "regions")),
    ),
    _detector(
        "labelling.grid_signature",
        "rows are not told by merged cells",
        "labelling.row_alignment:lines_by_shape",
        _none_pinned,
        "labelling",
    ),
    _detector(
        "labelling.duplicate_rows",
        "rows printed twice are not in doubt",
        "labelling.fields:with_repeats_doubted",
        _none_twice,
        "labelling",
    ),
    _detector(
        "labelling.shared_cells",
        "a cell in two fields is not in doubt",
        "labelling.fields:_each_once",
        _none_shared,
        "labelling",
    ),
    _detector(
        "labelling.minus",
        "a minus that may be there is ignored",
        "labelling.fields:_may_be_negative",
        _never_negative,
        "labelling",
    ),
    _detector(
        "labelling.isolated_blanks",
        "lone blanks are not in doubt",
        "contents:with_isolated_blanks_doubted",
        _none_isolated,
        "labelling",
    ),
    _detector(
        "labelling.missing_fields",
        "what was not found is missing",
        "contents:with_gaps_doubted",
        _none_hidden,
        "labelling",
    ),
    _detector(
        "reconcile.shifted_lines",
        "no row or column is one place off",
        "reconcile.reconcile:shifted_figures",
        _none_shifted,
        "sums",
    ),
    _detector(
        "reconcile.blank_prior",
        "zero and blank are as likely in every report",
        "reconcile.reconcile:blank_prior",
        _even_odds,
        "sums",
    ),
    _detector(
        "reconcile.inference",
        "what was not read is not inferred from sums",
        "reconcile.reconcile:infer_values",
        _none_inferred,
        "sums",
    ),
)
"""Every stage, then every detector by its room."""
