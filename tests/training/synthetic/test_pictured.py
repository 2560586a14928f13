"""Tables as pictures: gone as text, there to see, and nothing else of the report changed."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pdfplumber
import pypdfium2
import pytest

from annotations.store import read_annotation
from extraction.forms.printed_form import FormTable
from tests.system import skip_without
from training.synthetic.content.draft import Draft, Rendered
from training.synthetic.content.report import draft_report
from training.synthetic.content.variations import NONE
from training.synthetic.dataset import Task, make
from training.synthetic.fonts import Split
from training.synthetic.pictured import SWITCH, with_pictures
from training.synthetic.printing import PrintingError, printed
from training.synthetic.render import RENDERERS, SPLIT_RENDERERS
from training.synthetic.render.check import items
from training.synthetic.render.textlayer import TextLayer, plain

PROGRAMS = {"chromium": ["chromium"], "libreoffice": ["soffice"]}
ENGINES = [(engine, split) for split, engines in SPLIT_RENDERERS.items() for engine in engines]


@cache
def rendered(engine: str, split: Split) -> tuple[Draft, Rendered]:
    """A report whose tables are to be pictures, with its PDF before they are."""
    skip_without(programs=PROGRAMS.get(engine, ()), fonts=[split])
    return printed(draft_report(3, split, replace(NONE, table_picture=1.0)), RENDERERS[engine])


def drawn(pdf: bytes) -> list[np.ndarray]:
    """Every page at a size at which a picture's grain is not seen."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [np.asarray(p.render(scale=2, grayscale=True).to_pil().reduce(12), float) for p in document]


@pytest.mark.parametrize(
    ("engine", "split"), [pytest.param(e, s, marks=[pytest.mark.slow] if e in PROGRAMS else []) for e, s in ENGINES]
)
def test_a_pictured_table_is_seen_and_not_read(engine: str, split: Split) -> None:
    draft, before = rendered(engine, split)
    after = with_pictures(draft, before)
    assert after.places == before.places
    layer = TextLayer(after.pdf)
    gone = set()
    for key, text in items(draft):
        part, read = draft.parts[key.part], layer.at(after.places.get(key, ()))
        if isinstance(part, FormTable) and plain(text) and not read:
            gone.add(part.section)
        else:
            assert read == plain(text)
    for key, text in items(draft):  # a table is gone as a whole
        part = draft.parts[key.part]
        if isinstance(part, FormTable) and part.section in gone:
            assert layer.at(after.places[key]) == "", text
    assert gone
    for one, other in zip(drawn(before.pdf), drawn(after.pdf), strict=True):
        assert np.abs(one - other).max() < 60  # a table's text and rules are darker than that
    with pdfplumber.open(io.BytesIO(after.pdf)) as document:
        found = [len(page.images) for page in document.pages]
    places = {
        p.page for k, ps in after.places.items() for p in ps if getattr(draft.parts[k.part], "section", "") in gone
    }
    assert {number for number, count in enumerate(found, 1) if count} == places


@pytest.mark.parametrize(
    ("engine", "split"), [pytest.param(e, s, marks=[pytest.mark.slow] if e in PROGRAMS else []) for e, s in ENGINES]
)
def test_pictures_are_the_same_each_time(engine: str, split: Split) -> None:
    draft, before = rendered(engine, split)
    assert with_pictures(draft, before) == with_pictures(draft, before)


def test_a_report_that_does_not_ask_for_it_stays_as_it_is() -> None:
    draft = draft_report(3, "dev", NONE)
    untouched = Rendered(b"no PDF at all", {})
    assert with_pictures(draft, untouched) is untouched


def test_places_that_are_not_the_table_s_are_found_out() -> None:
    draft, before = rendered("reportlab", "dev")
    tables = {k for k, part in enumerate(draft.parts) if isinstance(part, FormTable)}
    moved = {
        key: tuple(p._replace(box=p.box._replace(top=p.box.top - 30, bottom=p.box.bottom - 30)) for p in found)
        if key.part in tables
        else found
        for key, found in before.places.items()
    }
    with pytest.raises(PrintingError, match="picture"):
        with_pictures(draft, replace(before, places=moved))


def _as_asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, str], str]:
    def variations(folder: Path, level: str) -> str:
        task = Task("dev-3", 3, "dev", "reportlab", level)
        make(folder, task)
        return read_annotation(folder, task.id).facts["variations"]

    asked = replace(NONE, table_picture=1.0)
    monkeypatch.setattr("training.synthetic.content.report.DEFAULTS", dict.fromkeys(("train", "dev", "test"), asked))
    return variations


def test_only_digital_reports_have_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered("reportlab", "dev")  # or skipped
    variations = _as_asked(monkeypatch)
    assert SWITCH in variations(tmp_path / "digital", "digital").split()
    assert SWITCH not in variations(tmp_path / "clean", "clean").split()
