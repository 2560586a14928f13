"""PaddleOCR (https://github.com/PaddlePaddle/PaddleOCR) over the whole page, through ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval.engines.text import FindText
from extraction.document import Span
from extraction.geometry import Raster
from models.recogniser import PaddleOcrRecogniser, cut_line


def paddleocr_text(threads: int = 1) -> FindText:
    """PaddleOCR's detection over the page and its recognition of every line found (PP-OCRv6 small).

    Raises WeightsError where the extra `paddle` is not installed.
    """
    recogniser = PaddleOcrRecogniser(threads)

    def find_text(raster: Raster) -> Sequence[Span]:
        page = np.ascontiguousarray(raster.pixels)
        quads = recogniser.find_lines(page)
        readings = recogniser.read_lines([cut_line(page, quad) for quad in quads])
        return [
            Span(read.text.strip(), box=raster.box_on_page(*quad.min(axis=0).tolist(), *quad.max(axis=0).tolist()))
            for quad, read in zip(quads, readings, strict=True)
            if read.text.strip()
        ]

    return find_text
