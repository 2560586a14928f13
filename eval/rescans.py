"""Digital reports scanned in simple ways that no training and no data set here contains: silent errors.

    python -m eval.rescans annotations/samples

Each PDF with gold is rendered, degraded in one way and read, for every way. "Half fax" is a fax machine's usual
resolution, 200 by 100 dots an inch (ITU-T T.4), at thresholds from 190 to 130, which loses thin horizontal strokes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from rich.console import Console
from rich.progress import track

from annotations.store import Annotation, read_folder
from eval.runs.prediction import Prediction
from eval.scoring.compare import compare
from eval.scoring.score import Score, total
from extraction.errors import InputError
from extraction.geometry import Pixels
from extraction.ingest.pdf.reader import POINTS_PER_INCH
from extraction.pipeline import extract
from extraction.settings import Settings
from models.loaded import Models
from training.pdf import picture_pdf

_JPEG_QUALITY = 75
_THIN_STREAKS = 0.21, 0.47, 0.733  # of a page's width
_BROAD_STREAKS = 0.56, 0.71  # the same
_CORRECTION_SPOTS = (0.55, 0.4), (0.7, 0.6), (0.62, 0.5), (0.8, 0.45)  # of a page's width and height
_STRUCK_ROWS = 0.4, 0.55  # of a page's height


def _two_tones(page: Pixels, threshold: int) -> Pixels:
    return np.where(page > threshold, 255, 0).astype(np.uint8)


def _half_fax(page: Pixels, threshold: int) -> Pixels:
    height, width = page.shape
    low = cv2.resize(page, (width, height // 2), interpolation=cv2.INTER_AREA)
    tones = _two_tones(np.asarray(cv2.GaussianBlur(low, (0, 0), 0.5), np.uint8), threshold)
    return np.asarray(cv2.resize(tones, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def _blurred(page: Pixels, sigma: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), sigma), np.uint8)


def _light(page: Pixels) -> Pixels:
    return (255 - (255 - page) * 0.2).astype(np.uint8)


def _thin(page: Pixels) -> Pixels:
    return np.asarray(cv2.dilate(page, np.ones((2, 2), np.uint8)), np.uint8)


def _streaked(page: Pixels) -> Pixels:
    """Draw the vertical lines that dust on a scanner's glass leaves."""
    page = page.copy()
    page[:, [int(share * page.shape[1]) for share in _THIN_STREAKS]] = 90
    return page


def _darkened(page: Pixels) -> Pixels:
    """Draw two broad grey streaks over some of the figures."""
    page = page.copy()
    for share in _BROAD_STREAKS:
        columns = slice(int(share * page.shape[1]), int(share * page.shape[1]) + 9)
        page[:, columns] = (page[:, columns] * 0.6).astype(np.uint8)
    return page


def _covered(page: Pixels) -> Pixels:
    """Cover parts of it with correction fluid."""
    page, (height, width) = page.copy(), page.shape
    for x, y in _CORRECTION_SPOTS:
        cv2.circle(page, (int(x * width), int(y * height)), int(0.02 * width), 255, -1)
    return page


def _struck(page: Pixels) -> Pixels:
    """Strike out two rows with a pen."""
    page, (height, width) = page.copy(), page.shape
    for y in _STRUCK_ROWS:
        start, end = (int(0.1 * width), int(y * height)), (int(0.92 * width), int(y * height) + 7)
        cv2.line(page, start, end, 40, 2, cv2.LINE_AA)
    return page


def _cut_off(page: Pixels) -> Pixels:
    """Lay the page askew on the glass, the last columns beside it."""
    return np.ascontiguousarray(page[:, : int(0.85 * page.shape[1])])


def _dithered(page: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(page).convert("1"), np.uint8) * np.uint8(255)


KINDS: dict[str, tuple[int, Callable[[Pixels], Pixels]]] = {
    "72 dpi": (72, lambda page: page),
    "100 dpi": (100, lambda page: page),
    "110 dpi, two tones": (110, lambda page: _two_tones(page, 160)),
    "150 dpi, two tones": (150, lambda page: _two_tones(page, 150)),
    "150 dpi, blurred and dark": (150, lambda page: _two_tones(_blurred(page, 1.0), 215)),
    "150 dpi, streaks": (150, _streaked),
    "150 dpi, broad streaks": (150, _darkened),
    "150 dpi, correction fluid": (150, _covered),
    "150 dpi, struck out": (150, _struck),
    "150 dpi, cut off": (150, _cut_off),
    "200 dpi, light": (200, _light),
    "200 dpi, thin strokes": (200, _thin),
    "200 dpi, dithered": (200, _dithered),
    "half fax, 190": (200, lambda page: _half_fax(page, 190)),
    "half fax, 150": (200, lambda page: _half_fax(page, 150)),
    "half fax, 130": (200, lambda page: _half_fax(page, 130)),
}
"""Resolution in dots an inch and degradation of a grey page, by name."""


def main() -> None:
    """Print one line of a Markdown table for each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND", help=", ".join(KINDS))
    args = parser.parse_args()
    known, models = digital(args.dataset), Models()
    print("| scan | reports | fields | silent | for review |\n| --- | ---: | ---: | ---: | ---: |")
    for kind in args.kinds:
        reports = track(known, description=kind, console=Console(stderr=True))
        score = total(rescanned(gold, path, kind, models) for gold, path in reports)
        print(f"| {kind} | {score.reports} | {score.fields:,} | {score.silent} | {score.review / score.fields:.1%} |")


def digital(dataset: Path) -> list[tuple[Annotation, Path]]:
    """Return the PDFs of a data set that have a text layer, with their gold."""
    return [(gold, path) for gold, path in read_folder(dataset) if path.suffix == ".pdf" and _has_text(path)]


def _has_text(path: Path) -> bool:
    return bool(pdfium.PdfDocument(path)[0].get_textpage().count_chars())


def rescanned(gold: Annotation, path: Path, kind: str, models: Models) -> Score:
    """Return the score of a PDF scanned in this way."""
    with TemporaryDirectory() as folder:
        scan = Path(folder) / path.name
        scan.write_bytes(scanned(path, kind))
        try:
            prediction = Prediction(extract(scan, models, Settings()))
        except InputError as error:
            prediction = Prediction(None, error=str(error))
    return compare(gold, prediction)


def scanned(path: Path, kind: str) -> bytes:
    """Return a PDF of page pictures of another, degraded in this way."""
    dpi, degrade = KINDS[kind]
    pages = [page.render(scale=dpi / POINTS_PER_INCH).to_pil().convert("L") for page in pdfium.PdfDocument(path)]
    return picture_pdf([Image.fromarray(degrade(np.asarray(page, np.uint8))) for page in pages], dpi, _JPEG_QUALITY)


if __name__ == "__main__":
    main()
