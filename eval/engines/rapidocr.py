"""RapidOCR (https://github.com/RapidAI/RapidOCR) as it comes: detection and recognition over the whole page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from eval.engines.text import FindText
from extraction.document import Span
from extraction.geometry import Raster


def rapidocr_text(threads: int = 1) -> FindText:
    """RapidOCR with its default weights (PP-OCRv6 small) and its own threshold for text."""
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "Global.use_cls": False,  # pages are upright already
            "Global.log_level": "error",
        }
    )

    def find_text(raster: Raster) -> Sequence[Span]:
        found = engine(np.ascontiguousarray(raster.pixels))
        if found.boxes is None:
            return []
        return [
            Span(text.strip(), box=raster.box_on_page(*quad.min(axis=0).tolist(), *quad.max(axis=0).tolist()))
            for quad, text in zip(found.boxes, found.txts, strict=True)
            if text.strip()
        ]

    return find_text
