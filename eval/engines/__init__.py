"""The ways of reading a report that are compared: Gouji, and what a user would do instead.

A baseline reads the text of a page as its own users would have it, whole page in, text boxes out, and is then given
everything else of ours: pages are made level and turned upright by Gouji, the grid of each ruled table is Gouji's, a
text box goes to the cell that holds its middle (several of them in reading order), and rows, columns, sections and
heading are labelled by Gouji. So the baselines differ from Gouji in how cells are read, and in nothing that would be
held against them for want of a labelling of their own.

What it reads is accepted: there is no second reading, no confidence, no sum, and so no doubt but where the labelling
itself has one, or where a cell's text is no figure. A cell in which the engine finds no text is blank. Pages with a
text layer are read from their picture all the same; only `pdfplumber` reads text layers. Times are of the whole way to
the fields: levelling, layout and labelling are in them, about as much for every engine that reads pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from extraction.errors import ModelError, UsageError
from models.weights import WeightsError

if TYPE_CHECKING:
    from eval.engines.text import FindText
    from eval.runs.prediction import Engine

LABELLED = "gouji-labelled"
"""Gouji up to its labelled fields: what `eval.decision` weighs and decides itself."""

ENGINES: dict[str, str] = {
    "gouji": "Gouji as it stands",
    "rapidocr-page": "RapidOCR over the whole page, boxes dropped into Gouji's grid",
    "paddleocr-page": "PaddleOCR over the whole page, boxes dropped into Gouji's grid (needs the extra `paddle`)",
    "tesseract-page": "Tesseract (chi_sim) over the whole page without its rules, boxes dropped into Gouji's grid",
    "pdfplumber": "tables and text of digital PDFs by pdfplumber; reads nothing else",
    LABELLED: "Gouji up to its labelled fields: nothing is weighed, corrected or sent to review (for eval.decision)",
}
"""Every engine by name, with a line on what it is."""

TEXT_FINDERS = ("rapidocr", "paddleocr", "tesseract")
"""The engines that find text on a page, each in the module of its name: `-page` is Gouji's grid around them."""


def make_engine(name: str, threads: int = 1) -> Engine:
    """The engine of that name, loaded. Raises UsageError for an unknown one, ModelError for one not installed."""
    if name not in ENGINES:
        raise UsageError(f"unknown engine {name}; there are {', '.join(ENGINES)}")
    from eval.engines.gouji import GoujiEngine
    from eval.engines.pdfplumber import PdfplumberEngine
    from eval.engines.whole_page import WholePageEngine

    if name in ("gouji", LABELLED):
        return GoujiEngine(threads, name, decides=name != LABELLED)
    if name == PdfplumberEngine.name:
        return PdfplumberEngine(threads)
    return WholePageEngine(name, text_finder(name.removesuffix("-page"), threads), threads)


def text_finder(name: str, threads: int = 1) -> FindText:
    """One of `TEXT_FINDERS`, loaded, and nothing of Gouji's with it. Raises ModelError where it is not installed."""
    make: Callable[[int], FindText] = getattr(import_module(f"eval.engines.{name}"), f"{name}_text")
    try:
        return make(threads)
    except (WeightsError, ImportError) as error:
        raise ModelError(str(error)) from error
