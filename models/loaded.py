"""The networks that a process has at hand, each loaded when it is first needed and then kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from models.cells.reader import CellReader
from models.labeller import Labeller
from models.page_network import LayoutNetwork, PageNetwork
from models.recogniser import ENGINES, RapidOcrRecogniser, Recogniser


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of reading that can be left out, so that what each of them buys can be measured (`eval.ablation`)."""

    preparation: bool = True  # scans made upright, level, flat and evenly lit
    ruled_grids: bool = True  # rules found; without them every table is one without rules
    cell_recogniser: bool = True  # figures read by our own network; without it by the general recogniser alone
    token_classifier: bool = True  # labels named by our own network beside their wording
    second_readings: bool = True  # what is unsure is looked at again, and shown to the other recogniser


class Models:
    """The networks that read pages: loaded when first needed, then kept. Digital files may need none.

    `reads_cells` is False where a cell without native text is to be taken for empty, whatever ink it has.
    """

    reads_cells = True

    def __init__(
        self,
        engine: str = RapidOcrRecogniser.name,
        threads: int = 2,
        *,
        layout: bool = True,
        steps: Steps = Steps(),
    ) -> None:
        """`engine` is a name in `models.recogniser.ENGINES`; without `layout`, rules and text find the tables alone."""
        self.engine, self.threads, self._has_layout = engine, threads, layout
        self.steps = steps

    @cached_property
    def recogniser(self) -> Recogniser:
        """The OCR engine. Raises WeightsError."""
        return ENGINES[self.engine](self.threads)

    @cached_property
    def layout(self) -> LayoutNetwork | None:
        """The layout network, if one is to be used. Raises WeightsError."""
        return PageNetwork(threads=self.threads) if self._has_layout else None

    @cached_property
    def labeller(self) -> Labeller | None:
        """The token classifier, if it is to be used. Raises WeightsError."""
        return Labeller(self.threads) if self.steps.token_classifier else None

    @cached_property
    def cells(self) -> CellReader:
        """The recogniser of figures in cells. Raises WeightsError."""
        return CellReader(self.threads)
