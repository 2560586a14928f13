"""Digital reports scanned in plain ways that no training and no data set here knows: what is accepted and wrong.

    python -m eval.rescans annotations/samples

Each PDF with gold is drawn, spoilt in one way and read, for every way. Half fax is a fax machine's usual resolution,
200 by 100 dots an inch (ITU-T T.4), at thresholds from 190 to 130, which loses the level strokes of type.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from PIL import Image
from rich.console import Console
from rich.progress import track

from annotations.store import read_folder
from eval.compare import compare
from eval.prediction import Prediction
from eval.score import Score
from extraction.errors import InputError
from extraction.pipeline import extract
from extraction.settings import Settings
from models.loaded import Models

Grey = npt.NDArray[np.uint8]

_QUALITY = 75
_POINTS = 72


def _two_tones(page: Grey, threshold: int) -> Grey:
    return np.where(page > threshold, 255, 0).astype(np.uint8)


def _half_fax(page: Grey, threshold: int) -> Grey:
    height, width = page.shape
    low = cv2.resize(page, (width, height // 2), interpolation=cv2.INTER_AREA)
    tones = _two_tones(np.asarray(cv2.GaussianBlur(low, (0, 0), 0.5), np.uint8), threshold)
    return np.asarray(cv2.resize(tones, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def _blurred(page: Grey, sigma: float) -> Grey:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), sigma), np.uint8)


def _light(page: Grey) -> Grey:
    return (255 - (255 - page) * 0.2).astype(np.uint8)


def _dithered(page: Grey) -> Grey:
    return np.asarray(Image.fromarray(page).convert("1"), np.uint8) * np.uint8(255)


KINDS: dict[str, tuple[int, Callable[[Grey], Grey]]] = {
    "72 dpi": (72, lambda page: page),
    "100 dpi": (100, lambda page: page),
    "110 dpi, two tones": (110, lambda page: _two_tones(page, 160)),
    "150 dpi, two tones": (150, lambda page: _two_tones(page, 150)),
    "150 dpi, blurred and dark": (150, lambda page: _two_tones(_blurred(page, 1.0), 215)),
    "200 dpi, light": (200, _light),
    "200 dpi, dithered": (200, _dithered),
    "half fax, 190": (200, lambda page: _half_fax(page, 190)),
    "half fax, 150": (200, lambda page: _half_fax(page, 150)),
    "half fax, 130": (200, lambda page: _half_fax(page, 130)),
}
"""Dots an inch and what becomes of a grey page, by name."""


def main() -> None:
    """Print one line of a Markdown table for each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND", help=", ".join(KINDS))
    args = parser.parse_args()
    print("| scan | reports | fields | silent | for review |\n| --- | ---: | ---: | ---: | ---: |")
    for kind in args.kinds:
        score = sum(rescanned(args.dataset, kind), start=Score())
        print(f"| {kind} | {score.reports} | {score.fields:,} | {score.silent} | {score.review / score.fields:.1%} |")


def rescanned(dataset: Path, kind: str) -> Iterator[Score]:
    """The score of every digital PDF of a data set, scanned in this way."""
    models, settings = Models(), Settings()
    known = [(gold, path) for gold, path in read_folder(dataset) if path.suffix == ".pdf" and _is_digital(path)]
    with TemporaryDirectory() as folder:
        for gold, path in track(known, description=kind, console=Console(stderr=True)):
            scan = Path(folder) / path.name
            scan.write_bytes(scanned(path, kind))
            try:
                prediction = Prediction(extract(scan, models, settings))
            except InputError as error:
                prediction = Prediction(None, error=str(error))
            yield compare(gold, prediction)


def _is_digital(path: Path) -> bool:
    return bool(pdfium.PdfDocument(path)[0].get_textpage().count_chars())


def scanned(path: Path, kind: str) -> bytes:
    """A PDF whose pages are pictures of another's, spoilt in this way."""
    dpi, spoil = KINDS[kind]
    pages = []
    for page in pdfium.PdfDocument(path):
        grey = np.asarray(page.render(scale=dpi / _POINTS).to_pil().convert("L"), np.uint8)
        jpeg = io.BytesIO()
        Image.fromarray(spoil(grey)).save(jpeg, "JPEG", quality=_QUALITY)
        pages.append(Image.open(jpeg))
    pdf = io.BytesIO()
    pages[0].save(pdf, "PDF", save_all=True, append_images=pages[1:], resolution=dpi)
    return pdf.getvalue()


if __name__ == "__main__":
    main()
