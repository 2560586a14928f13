"""Zones of the gold: every printed part, what is in the margins, seals; where the scanned page has them."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfgen import canvas  # type: ignore[import-untyped]

from annotations.zones import Zone, ZoneKind, corners_of, upright_zone, zones_data, zones_from
from extraction.forms.printed_form import FormTable
from extraction.geometry import Box
from tests.training.pages import typeset
from training.synthetic.content.draft import Draft, Key, Look, Paragraph, Place, Rendered, Run
from training.synthetic.content.report import draft_report
from training.synthetic.scan.degradation import scanned
from training.synthetic.scan.levels import Degradation
from training.synthetic.zones import printed_zones

LOOK = Look("a", "b", "c", "d")


def draft_of(*parts: Paragraph) -> Draft:
    return Draft("zones", parts, LOOK, draft_report(1, "train").report, 1)


def page_of(*texts: tuple[str, float, float]) -> bytes:
    """An A4 page with these texts, each from (x, baseline) in points from the top left, 12 points high."""
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(595, 842))
    sheet.setFont("Helvetica", 12)
    for text, x, baseline in texts:
        sheet.drawString(x, 842 - baseline, text)
    sheet.save()
    return out.getvalue()


def test_every_part_is_a_zone_on_each_of_its_pages() -> None:
    draft = draft_report(3, "train")
    rendered = typeset(draft)
    zones = printed_zones(draft, rendered)
    tables = [
        {place.page for key, found in rendered.places.items() if key.part == number for place in found}
        for number, part in enumerate(draft.parts)
        if isinstance(part, FormTable)
    ]
    assert max(map(len, tables)) > 1  # else nothing is tested
    assert [z.page for z in zones if z.kind is ZoneKind.TABLE] == [page for pages in tables for page in sorted(pages)]
    headings = [z for z in zones if z.kind is ZoneKind.HEADING]
    assert len(headings) == len(draft.report.sections)
    assert sum(z.kind is ZoneKind.TITLE for z in zones) == 1


def test_a_title_over_two_lines_is_one_zone_and_a_red_head_another() -> None:
    texts = ("agency", "report of", "the year", "words")
    styles = ("red_head", "title", "title", "text")
    draft = draft_of(*(Paragraph((Run(t),), s) for t, s in zip(texts, styles, strict=True)))  # type: ignore[arg-type]
    places = {Key(n, 0): (Place(1, Box(90, 100 + 30 * n, 200, 115 + 30 * n)),) for n in range(4)}
    assert printed_zones(draft, Rendered(page_of(), places)) == (
        upright_zone(ZoneKind.TITLE, 1, Box(90, 100, 200, 115)),
        upright_zone(ZoneKind.TITLE, 1, Box(90, 130, 200, 175)),
        upright_zone(ZoneKind.TEXT, 1, Box(90, 190, 200, 205)),
    )


def test_leading_is_no_part_of_a_line() -> None:
    """Some engines tell of lines with all the room above and below them."""
    draft = draft_of(Paragraph((Run("Heading"),), "heading"))
    places = {Key(0, 0): (Place(1, Box(90, 100, 200, 130)),)}
    (zone,) = printed_zones(draft, Rendered(page_of(("Heading", 92, 120)), places))
    assert (zone.box.left, zone.box.right) == (90, 200)
    assert zone.box.top == pytest.approx(111, abs=1.5)
    assert zone.box.bottom == pytest.approx(123, abs=1.5)


def test_what_no_part_prints_in_the_margins_is_furniture() -> None:
    draft = draft_of(Paragraph((Run("words"),)))
    places = {Key(0, 0): (Place(1, Box(90, 740, 200, 755)),)}
    pdf = page_of(("words", 92, 752), ("- 3 -", 285, 800), ("stray", 90, 400))
    furniture = [z for z in printed_zones(draft, Rendered(pdf, places)) if z.kind is ZoneKind.FURNITURE]
    (box,) = (z.box for z in furniture)
    assert box.left == pytest.approx(285, abs=1.5)
    assert box.right == pytest.approx(285 + 24, abs=3)
    assert 785 < box.top < 793
    assert 800 < box.bottom < 806


def red_box(pdf: bytes) -> Box:
    """Around what is red on the first page."""
    document = pypdfium2.PdfDocument(pdf)
    picture = document[0].render(scale=2, rev_byteorder=True).to_numpy()[..., :3].astype(int)
    document.close()
    rows, columns = np.nonzero(picture[..., 0] - picture[..., 1:].max(axis=2) > 40)
    return Box(columns.min() / 2, rows.min() / 2, columns.max() / 2, rows.max() / 2)


def blank(zone: Box) -> Rendered:
    """A page with one zone, a text."""
    pdf = io.BytesIO()
    Image.new("RGB", (595, 842), "white").save(pdf, "PDF", resolution=72)
    return Rendered(pdf.getvalue(), {Key(0, 0): (Place(1, zone),)}, (upright_zone(ZoneKind.TEXT, 1, zone),))


@pytest.mark.parametrize("turn", [0, 1])
@pytest.mark.parametrize("seed", range(4))
def test_a_seal_is_a_zone_where_it_was_printed(seed: int, turn: int) -> None:
    degradation = Degradation(100, "colour", quality=90, skew=1.0, turn=turn, effects={"seal": 0.9})
    scan = scanned(blank(Box(90, 100, 500, 160)), degradation, seed)
    stamps = [z.box for z in scan.zones if z.kind is ZoneKind.STAMP]
    assert stamps
    around = Box(
        min(b.left for b in stamps),
        min(b.top for b in stamps),
        max(b.right for b in stamps),
        max(b.bottom for b in stamps),
    )
    assert list(around) == pytest.approx(list(red_box(scan.pdf)), abs=6)


def test_zones_turn_with_their_page() -> None:
    """Their corners go on from the top left as one reads it."""
    box = Box(90, 100, 500, 160)
    (zone,) = scanned(blank(box), Degradation(100, turn=1), 1).zones
    across = [(x, 595 - y) for y, x in corners_of(box)]
    assert np.array(zone.corners) == pytest.approx(np.array(across), abs=1.0)


def test_zones_come_back_from_json() -> None:
    zones = (Zone(ZoneKind.TABLE, 2, ((1.0, 2.5), (30.1, 2.0), (30.5, 9.0), (1.2, 9.5))),)
    assert zones_from(zones_data(zones)) == zones
    assert zones[0].box == Box(1.0, 2.0, 30.5, 9.5)
    with pytest.raises(ValueError, match="'figure'"):
        zones_from([{"kind": "figure", "page": 1, "corners": [0, 0]}])
