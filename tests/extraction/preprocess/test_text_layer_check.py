"""A text layer that looks sound and is not what the page shows is noticed, and the page is read as a scan."""

from dataclasses import replace
from pathlib import Path

import pytest

from extraction.document import Page, Span
from extraction.doubts import DoubtCode
from extraction.forms.label_similarity import chinese_count
from extraction.ingest.files import open_document
from extraction.preprocess.text_layer_check import with_trusted_text
from extraction.settings import IngestSettings, Settings
from extraction.span_lines import text_lines
from models.loaded import Models
from models.recogniser import Recogniser
from tests.extraction.pages import regions_on

SAMPLE = Path(__file__).parents[3] / "annotations" / "samples" / "hewan-2020" / "report.pdf"


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    with open_document(SAMPLE, IngestSettings()) as document:
        return list(document.pages)


def mapped(page: Page, table: dict[str, str]) -> Page:
    """The page with characters exchanged, as a font with a wrong character map gives them."""
    exchanged: tuple[Span, ...] = tuple(replace(s, text=table.get(s.text, s.text)) for s in page.spans)
    return replace(page, spans=exchanged)


def test_a_sound_layer_is_kept(pages: list[Page], models: Models) -> None:
    for page in pages:
        assert with_trusted_text(page, models, Settings()) is page


@pytest.mark.parametrize("digit", ["0", "1", "3", "6"])
def test_one_digit_mapped_to_another_is_noticed(pages: list[Page], models: Models, digit: str) -> None:
    """Page 2 has the applications table: every digit occurs in it several times."""
    seen = with_trusted_text(mapped(pages[1], {digit: "8"}), models, Settings())
    assert seen.spans == ()
    assert "does not say what the page shows" in seen.warnings[-1]


def test_what_is_read_in_place_of_a_wrong_layer_says_so(pages: list[Page], models: Models) -> None:
    seen = with_trusted_text(mapped(pages[1], {"0": "8"}), models, Settings())
    cells = [c for r in regions_on(seen, models) if r.table is not None for c in r.table.cells]
    assert cells
    assert all(DoubtCode.TEXT_LAYER_CONTRADICTED in {d.code for d in c.doubts} for c in cells)


def test_words_mapped_to_others_are_noticed(pages: list[Page], models: Models) -> None:
    words = replace(pages[0], spans=tuple(s for s in pages[0].spans if not s.text.isdigit()))
    assert with_trusted_text(words, models, Settings()) is words
    shifted = {s.text: chr(ord(s.text) + 3) for s in words.spans if "一" <= s.text <= "龥"}
    assert with_trusted_text(mapped(words, shifted), models, Settings()).spans == ()


def test_long_lines_mapped_to_others_are_noticed(pages: list[Page], models: Models) -> None:
    """A page of running text without figures or short lines: the beginnings of its lines are looked at."""
    lines = [line for line in text_lines(pages[0].spans) if chinese_count(line.text) > 20]
    assert len(lines) > 3
    page = replace(pages[0], spans=tuple(lines))
    assert with_trusted_text(page, models, Settings()) is page
    shifted = tuple(replace(s, text="".join(chr(ord(c) + 3) for c in s.text)) for s in lines)
    assert with_trusted_text(replace(page, spans=shifted), models, Settings()).spans == ()


def test_figures_that_the_cell_recogniser_proves_need_no_other(pages: list[Page]) -> None:
    class Refusing(Models):
        @property
        def recogniser(self) -> Recogniser:
            raise AssertionError("the general recogniser was asked")

    assert with_trusted_text(pages[1], Refusing(), Settings()) is pages[1]
    with pytest.raises(AssertionError):
        with_trusted_text(mapped(pages[1], {"1": "8"}), Refusing(), Settings())
