"""Real reports, which are not part of this repository: skipped where they are not beside it.

`GOUJI_SHARED` names their folder (default: `../shared`), with `seeds/`, `real/`, `gold/` and `acceptance/score.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from extraction.cli import main
from extraction.document import Report, Status
from extraction.pipeline import extract
from extraction.settings import Settings
from models.loaded import Models

SHARED = Path(os.environ.get("GOUJI_SHARED", Path(__file__).parents[2] / "shared"))
PDF = SHARED / "real" / "huaian_2024.pdf"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="no folder of real reports beside the repository")


def test_acceptance(tmp_path: Path) -> None:
    """The command on all real reports, scored by the script that comes with them."""
    main(["convert", str(SHARED / "seeds"), str(SHARED / "real"), "-o", str(tmp_path / "out")])
    score = [sys.executable, str(SHARED / "acceptance" / "score.py"), str(tmp_path / "out")]
    scored = subprocess.run(score, capture_output=True, text=True, check=False)
    assert scored.returncode == 0, scored.stdout + scored.stderr


def pictures(pdf: Path, dpi: int) -> Iterator[Image.Image]:
    """The pages as a scanner would see them."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in document:
            yield page.render(scale=dpi / 72).to_pil().convert("RGB")


def read_fields(report: Report) -> dict[str, tuple[object, Status]]:
    return {f.id: (f.value, f.status) for f in report.fields}


def test_a_picture_of_the_pdf_reads_the_same(tmp_path: Path, models: Models) -> None:
    """Without its text layer the report gives the same 200 values, each surely read."""
    scan = tmp_path / "scan.pdf"
    first, *rest = pictures(PDF, dpi=200)
    first.save(scan, save_all=True, append_images=rest, resolution=200)
    digital, scanned = (read_fields(extract(path, models, Settings())) for path in (PDF, scan))
    assert len(digital) == 200
    assert {status for _, status in digital.values()} <= {Status.READ, Status.BLANK}
    assert scanned == digital
