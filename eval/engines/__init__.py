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

from eval.engines.gouji import GoujiEngine
from eval.engines.paddleocr import paddleocr_page
from eval.engines.pdfplumber import PdfplumberEngine
from eval.engines.rapidocr import rapidocr_page
from eval.engines.tesseract import tesseract_page
from eval.prediction import Engine
from extraction.errors import ModelError, UsageError
from models.weights import WeightsError

ENGINES: dict[str, str] = {
    "gouji": "Gouji as it stands",
    "rapidocr-page": "RapidOCR over the whole page, boxes dropped into Gouji's grid",
    "paddleocr-page": "PaddleOCR over the whole page, boxes dropped into Gouji's grid (needs the extra `paddle`)",
    "tesseract-page": "Tesseract (chi_sim) over the whole page without its rules, boxes dropped into Gouji's grid",
    "pdfplumber": "tables and text of digital PDFs by pdfplumber; reads nothing else",
}
"""Every engine by name, with a line on what it is."""

_MAKERS: dict[str, Callable[[int], Engine]] = {
    "gouji": GoujiEngine,
    "rapidocr-page": rapidocr_page,
    "paddleocr-page": paddleocr_page,
    "tesseract-page": tesseract_page,
    "pdfplumber": PdfplumberEngine,
}


def make_engine(name: str, threads: int = 1) -> Engine:
    """The engine of that name, loaded. Raises UsageError for an unknown one, ModelError for one not installed."""
    if name not in _MAKERS:
        raise UsageError(f"unknown engine {name}; there are {', '.join(_MAKERS)}")
    try:
        return _MAKERS[name](threads)
    except WeightsError as error:
        raise ModelError(str(error)) from error
