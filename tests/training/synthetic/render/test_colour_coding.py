# mypy: disable-error-code="import-untyped"
"""What the two renderings of a draft may differ in."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from reportlab.pdfgen.canvas import Canvas

from training.synthetic.content.report import draft_report
from training.synthetic.content.variations import NONE
from training.synthetic.render.colour_coding import LayoutDiffers, places

EMPTY = replace(draft_report(1, "dev", NONE), parts=())


def line(text: str = "abc 12", across: float = 0.0, down: float = 0.0, pages: int = 1) -> bytes:
    """A PDF with a line of text on each page."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for _ in range(pages):
        canvas.drawString(100 + across, 700 - down, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("moved", [(0.0, 0.0), (1.2, 0.0), (-1.2, 0.5)])
def test_letters_may_stand_a_little_elsewhere_in_their_line(moved: tuple[float, float]) -> None:
    assert places(EMPTY, line(), line(across=moved[0], down=moved[1])) == {}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (line(across=1.8), "1.80 points apart"),
        (line(down=1.0), "1.00 points apart"),
        (line("abc 13"), "other characters"),
        (line(pages=2), "1 pages, coloured 2"),
    ],
)
def test_another_layout_is_refused(other: bytes, said: str) -> None:
    with pytest.raises(LayoutDiffers, match=said):
        places(EMPTY, line(), other)
