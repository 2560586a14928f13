"""Our own layout network through LayoutParser: a page picture in, an `lp.Layout` of typed, scored blocks out.

The network itself is in `models.page_network`; the CDLA network beside it is in `models.layout`.
"""

from __future__ import annotations

from pathlib import Path

import layoutparser as lp

from models.layout import PictureModel
from models.page_network import PageNetwork


class ReportLayoutModel(PictureModel):
    """Finds the parts of a report's page. `detect` takes a BGR or grey array or a PIL image.

    Blocks come top down, in pixels, with the types of `PageNetwork`.
    """

    DETECTOR_NAME = "gouji-layout-onnx"

    def __init__(self, min_score: float = 0.5, threads: int = 2, folder: Path | None = None) -> None:
        """`folder` has another network than the one shipped: `layout.onnx` and `model.toml`. Raises WeightsError."""
        self._network = PageNetwork(min_score, threads, folder)

    @property
    def side(self) -> int:
        """Pixels to which the longer side of a page is brought before the network sees it."""
        return self._network.side

    def detect(self, image: object) -> lp.Layout:
        """The blocks of a page."""
        blocks = self._network.detect(self.image_loader(image))
        return lp.Layout([lp.TextBlock(lp.Rectangle(*b.coordinates), type=b.type, score=b.score) for b in blocks])
