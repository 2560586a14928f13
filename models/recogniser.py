"""Text recognition: pictures of lines in, text with its score out. Two engines behind one protocol.

Both run PP-OCRv6 (https://github.com/PaddlePaddle/PaddleOCR) on ONNX Runtime: `RapidOcrRecogniser` is the default,
`PaddleOcrRecogniser` needs the extra `paddle`. `python -m eval.recognisers` measures accuracy and time of the networks
(docs/decisions).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from models.line_reader import Image as Image
from models.line_reader import LineReader, as_bgr
from models.line_reader import Reading as Reading
from models.rereading import MIN_SURE_PROBABILITY, read_again
from models.weights import WeightsError, weights

Quad = npt.NDArray[np.float32]
"""Four corners (x, y) of a text line in pixels, clockwise from the top left: shape (4, 2), float32."""

_MIN_CHINESE_CHARACTERS = 2  # in a line, for the tiny network's reading to be accepted
_MIN_EXPECTED_SCORE = 0.6  # mean probability of an expected text, for it to be accepted

Expected = Callable[[str], bool]
"""Whether a text is one that documents of this kind print: a wording of the form."""


def nothing_expected(text: str) -> bool:
    """Return False: no text is known beforehand."""
    del text
    return False


class Recogniser(Protocol):
    """An OCR engine, loaded once and used for many pages. Not safe for use by several threads at once."""

    name: str

    def find_lines(self, page: Image) -> list[Quad]:
        """Return the text lines of a page, in no particular order."""
        ...

    def read_lines(self, lines: Sequence[Image], expected: Expected = nothing_expected) -> list[Reading]:
        """Return one reading for each picture, in the same order; each picture holds one upright line.

        An engine may accept the reading of a fast network where it is an `expected` text.
        """
        ...

    def read_figures(self, lines: Sequence[Image]) -> list[Reading]:
        """As `read_lines`, for pictures of figures: letters that look like digits count as these digits."""
        ...


class RapidOcrRecogniser:
    """PP-OCRv6 on ONNX Runtime: RapidOCR (https://github.com/RapidAI/RapidOCR) detects lines, two networks read them.

    The tiny network reads every line of text, in a fifth of the time of the small one. Its reading is accepted where
    every character has a high probability, or where it is an expected text; the small network reads the other lines (of
    a long one the uncertain parts), and every figure that is not an expected text.
    """

    name = "rapidocr"

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    def find_lines(self, page: Image) -> list[Quad]:
        """Return the text lines of a page."""
        found: Any = self._detector(page, use_det=True, use_cls=False, use_rec=False)
        return [] if found.boxes is None else [np.asarray(b, np.float32) for b in found.boxes]

    def read_lines(self, lines: Sequence[Image], expected: Expected = nothing_expected) -> list[Reading]:
        """Return one reading for each picture."""
        readings = self._tiny.read(lines)
        unsure = [i for i, reading in enumerate(readings) if not is_accepted(reading, expected)]
        for i in unsure:
            readings[i] = read_again(lines[i], readings[i], self._small)
        return readings

    def read_figures(self, lines: Sequence[Image]) -> list[Reading]:
        """Return one reading for each picture of a figure; the probability of O, o or 〇 counts for 0.

        A general network divides the probability of a lone zero among 0, O, o and 〇, which share their shape.
        """
        return self._small.read(lines, _LOOK_ALIKES)

    @cached_property
    def _tiny(self) -> LineReader:
        return LineReader(weights("ppocrv6-tiny-rec").verified_path(), self._threads)

    @cached_property
    def _small(self) -> LineReader:
        return LineReader(weights("ppocrv6-small-rec").verified_path(), self._threads)

    @cached_property
    def _detector(self) -> Any:
        from rapidocr import RapidOCR

        return RapidOCR(
            params={
                "EngineConfig.onnxruntime.intra_op_num_threads": self._threads,
                "Global.use_cls": False,
                "Global.log_level": "error",
                "Det.model_path": str(weights("ppocrv6-small-det").verified_path()),
                "Rec.model_path": str(weights("ppocrv6-small-rec").verified_path()),
            }
        )


def is_accepted(reading: Reading, expected: Expected) -> bool:
    """Whether the tiny network's reading is accepted without the small one: never for a figure that is not expected."""
    if reading.score >= _MIN_EXPECTED_SCORE and expected(reading.text):
        return True
    chinese = sum("一" <= c <= "鿿" for c in reading.text)
    return chinese >= _MIN_CHINESE_CHARACTERS and reading.weakest >= MIN_SURE_PROBABILITY


_LOOK_ALIKES = {
    "0": "OoQＯｏ〇○◯ΟοОо０",
    "1": "lI|丨１Ⅰⅼ",
    **{str(d): chr(ord("０") + d) for d in range(2, 10)},
    "—": "-–―－ー_",
}


class PaddleOcrRecogniser:
    """PaddleOCR (https://github.com/PaddlePaddle/PaddleOCR) through its ONNX Runtime engine; no paddlepaddle needed.

    It runs the same weights as RapidOCR. Raises WeightsError where the extra is not installed.
    """

    name = "paddleocr"

    def __init__(self, threads: int = 2) -> None:
        # Read when paddlex is imported: without it, it looks for model hosts first.
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
        try:
            from paddleocr import TextDetection, TextRecognition
        except ImportError as error:
            raise WeightsError("the engine paddleocr is not installed: pip install 'gouji[paddle]'") from error
        shared: dict[str, Any] = {
            "device": "cpu",
            "engine": "onnxruntime",
            "engine_config": {"intra_op_num_threads": threads},
        }
        with tempfile.TemporaryDirectory(prefix="gouji-paddle-") as folder:  # PaddleOCR reads it once
            det, rec = _paddle_model_folders(Path(folder))
            self._detector = TextDetection(
                model_name="PP-OCRv6_small_det",
                model_dir=str(det),
                # As RapidOCR has it. By itself this class shrinks a page to 960 pixels and misses lone digits.
                limit_side_len=736,
                limit_type="min",
                **shared,
            )
            self._reader = TextRecognition(model_name="PP-OCRv6_small_rec", model_dir=str(rec), **shared)

    def find_lines(self, page: Image) -> list[Quad]:
        """Return the text lines of a page."""
        found = self._detector.predict(page)[0]
        return [np.asarray(quad, np.float32) for quad in found["dt_polys"]]

    def read_lines(self, lines: Sequence[Image], expected: Expected = nothing_expected) -> list[Reading]:
        """Return one reading for each picture; `expected` is ignored."""
        del expected
        if not lines:
            return []
        # A batch is as wide as its widest line: lines of similar width go together.
        order = sorted(range(len(lines)), key=lambda i: lines[i].shape[1] / lines[i].shape[0])
        found = self._reader.predict([as_bgr(lines[i]) for i in order], batch_size=8)
        readings = {i: Reading(str(r["rec_text"]), float(r["rec_score"])) for i, r in zip(order, found, strict=True)}
        return [readings[i] for i in range(len(lines))]

    def read_figures(self, lines: Sequence[Image]) -> list[Reading]:
        """Return one reading for each picture; PaddleOCR reports no class probabilities, so look-alikes are not
        summed."""
        return self.read_lines(lines)


ENGINES: dict[str, type[RapidOcrRecogniser] | type[PaddleOcrRecogniser]] = {
    RapidOcrRecogniser.name: RapidOcrRecogniser,
    PaddleOcrRecogniser.name: PaddleOcrRecogniser,
}


def cut_line(page: Image, quad: Quad) -> Image:
    """Return the upright picture of a line, cut along its (possibly slanted) four corners."""
    width = max(1, round(float(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3])))))
    height = max(1, round(float(max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1])))))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    straight = cv2.getPerspectiveTransform(quad.astype(np.float32), corners)
    cut = cv2.warpPerspective(page, straight, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def _paddle_model_folders(out: Path) -> tuple[Path, Path]:
    """Return the folders of the detector and the recogniser as PaddleOCR reads them (inference.onnx, inference.yml)."""
    import onnxruntime

    det, rec = out / "det", out / "rec"
    for folder, name in ((det, "ppocrv6-small-det"), (rec, "ppocrv6-small-rec")):
        folder.mkdir(parents=True)
        shutil.copy(weights(name).verified_path(), folder / "inference.onnx")
    (det / "inference.yml").write_text(_PADDLE_DET, encoding="utf-8")
    session = onnxruntime.InferenceSession(str(rec / "inference.onnx"), providers=["CPUExecutionProvider"])
    characters = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    listed = "".join(f"  - {json.dumps(c, ensure_ascii=False)}\n" for c in characters)
    (rec / "inference.yml").write_text(_PADDLE_REC + listed, encoding="utf-8")
    return det, rec


_PADDLE_DET = """\
Global: {model_name: PP-OCRv6_small_det}
PreProcess:
  transform_ops:
  - DecodeImage: {channel_first: false, img_mode: BGR}
  - DetLabelEncode: null
  - DetResizeForTest: null
  - NormalizeImage: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: hwc, scale: 1./255.}
  - ToCHWImage: null
  - KeepKeys: {keep_keys: [image, shape, polys, ignore_tags]}
PostProcess: {name: DBPostProcess, thresh: 0.2, box_thresh: 0.45, max_candidates: 3000, unclip_ratio: 1.4}
"""

_PADDLE_REC = """\
Global: {model_name: PP-OCRv6_small_rec}
PreProcess:
  transform_ops:
  - DecodeImage: {channel_first: false, img_mode: BGR}
  - MultiLabelEncode: {gtc_encode: NRTRLabelEncode}
  - RecResizeImg: {image_shape: [3, 48, 48]}
  - KeepKeys: {keep_keys: [image, label_ctc, label_gtc, length, valid_ratio]}
PostProcess:
  name: CTCLabelDecode
  character_dict:
"""
