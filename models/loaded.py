"""The networks that a process has at hand, each loaded when it is first needed and then kept."""

from __future__ import annotations

from functools import cached_property

from models.cells.reader import CellReader
from models.labeller import Labeller
from models.page_network import LayoutNetwork, PageNetwork
from models.recogniser import ENGINES, RapidOcrRecogniser, Recogniser
from models.wordings import Wordings, read_wordings


class Models:
    """The networks that read pages: loaded when first needed, then kept. Digital files may need none."""

    def __init__(self, engine: str = RapidOcrRecogniser.name, threads: int = 2, *, layout: bool = True) -> None:
        """`engine` is a name in `models.recogniser.ENGINES`; without `layout`, rules and text find the tables alone."""
        self.engine, self.threads, self._has_layout = engine, threads, layout

    @cached_property
    def recogniser(self) -> Recogniser:
        """The OCR engine. Raises WeightsError."""
        return ENGINES[self.engine](self.threads)

    @cached_property
    def layout(self) -> LayoutNetwork | None:
        """The layout network, if one is to be used. Raises WeightsError."""
        return PageNetwork(threads=self.threads) if self._has_layout else None

    @cached_property
    def labeller(self) -> Labeller:
        """The token classifier. Raises WeightsError."""
        return Labeller(self.threads)

    @cached_property
    def wordings(self) -> Wordings:
        """What annotated reports call rows and columns. Raises ValueError for a bad file."""
        return read_wordings()

    @cached_property
    def cells(self) -> CellReader:
        """The recogniser of figures in cells. Raises WeightsError."""
        return CellReader(self.threads)
