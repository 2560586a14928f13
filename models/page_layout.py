"""Our own layout network through LayoutParser: a page picture in, an `lp.Layout` of typed, scored blocks out.

A small U-net made from the generator's pages (`training.layout`); the CDLA network beside it is in `models.layout`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import cv2
import layoutparser as lp
import numpy as np
import numpy.typing as npt
import onnxruntime

from models.layout import CdlaLayoutModel, PictureModel
from models.masks import Found, regions
from models.recogniser import Image
from models.weights import weights

NAME = "layout"
"""Of the weights."""


class ReportLayoutModel(PictureModel):
    """Finds the parts of a report's page. `detect` takes a BGR or grey array or a PIL image.

    Blocks come top down, in pixels, with the types `title` (of the document), `heading`, `text`, `table`, `header` and
    `footer` (page numbers and the like), and `stamp`. A stamp may lie over other blocks: what is read under it is to be
    doubted. No two others are one thing.
    """

    DETECTOR_NAME = "gouji-layout-onnx"

    def __init__(self, min_score: float = 0.5, threads: int = 2, folder: Path | None = None) -> None:
        """`folder` has another network than the one shipped: `layout.onnx` and `model.toml`. Raises WeightsError."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        path, card = _network(folder)
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.side, self._step = int(card["input"]["side"]), int(card["input"]["step"])
        self._grown = {kind: float(pixels) for kind, pixels in card["grown"].items()}
        self._lines = [name for name in card["classes"] if name not in ("none", "table", "stamp")]
        self._order = [card["classes"].index(name) for name in ("none", *self._lines, "table", "stamp")]
        self._min_score = min_score

    def detect(self, image: object) -> lp.Layout:
        """The blocks of a page."""
        pixels = self.image_loader(image)
        height, width = pixels.shape[:2]
        maps = self._maps(pixels)
        found = regions(maps, self._lines, self._grown)
        x, y = width / maps.shape[2], height / maps.shape[1]
        blocks = [_block(f, x, y, width, height) for f in found if f.score >= self._min_score]
        return lp.Layout(sorted(blocks, key=lambda b: b.coordinates[1]))

    def _maps(self, pixels: Image) -> npt.NDArray[np.float32]:
        """The probabilities of every class, classes x height x width, at half the size that the network is shown."""
        factor = self.side / max(pixels.shape[:2])
        shape = [max(self._step, round(side * factor / self._step) * self._step) for side in pixels.shape[:2]]
        shrinking = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        shown = cv2.resize(pixels, (shape[1], shape[0]), interpolation=shrinking)
        (maps,) = self._session.run(None, {self._session.get_inputs()[0].name: shown})
        return np.asarray(maps[self._order], np.float32)


LAYOUTS: dict[str, type[ReportLayoutModel] | type[CdlaLayoutModel]] = {
    "gouji": ReportLayoutModel,
    "cdla": CdlaLayoutModel,
}
"""The networks that find a page's parts, by name."""

DEFAULT = "gouji"


def _network(folder: Path | None) -> tuple[Path, dict[str, Any]]:
    """The network's file and what its card says."""
    if folder is None:
        return weights(NAME).verified_path(), weights(NAME).card()
    return folder / f"{NAME}.onnx", tomllib.loads((folder / "model.toml").read_text(encoding="utf-8"))


def _block(found: Found, x: float, y: float, width: int, height: int) -> lp.TextBlock:
    """The region on the page; furniture is a header or a footer by where it stands."""
    left, top, right, bottom = found.box
    kind = found.kind
    if kind == "furniture":
        kind = "header" if (top + bottom) / 2 * y < height / 2 else "footer"
    box = lp.Rectangle(
        max(0.0, left * x), max(0.0, top * y), min(float(width), right * x), min(float(height), bottom * y)
    )
    return lp.TextBlock(box, type=kind, score=found.score)
