"""Reproducible PDFs: of web pages through headless Chromium, and of pictures."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

CHROMIUM = "chromium"
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
    "--disable-pdf-tagging",
)
_DATE = time.gmtime(1_704_067_200)
_DATES = re.compile(rb"(/(?:Creation|Mod)Date \(D:)\d{14}")


def chromium_command(page: Path, pdf: Path, profile: Path) -> list[str]:
    """Return the command that prints a web page to `pdf`, with a profile folder of its own."""
    return [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={pdf}", page.as_uri()]


def undated(pdf: bytes) -> bytes:
    """Return Chromium's PDF with fixed dates."""
    return _DATES.sub(rb"\g<1>20240101000000", pdf)


def picture_pdf(sheets: Sequence[Image.Image], dpi: int, quality: int) -> bytes:
    """Return an image-only PDF: CCITT G4 where the sheets are bilevel (mode 1), else JPEG of this quality."""
    out = io.BytesIO()
    compression = {} if sheets[0].mode == "1" else {"quality": quality}
    sheets[0].save(
        out,
        "PDF",
        save_all=True,
        append_images=sheets[1:],
        resolution=dpi,
        creationDate=_DATE,
        modDate=_DATE,
        **compression,
    )
    return out.getvalue()
