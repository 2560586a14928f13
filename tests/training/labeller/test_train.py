"""The lessons of the token classifier, and its recipe from end to end in small."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Cell as TableCell
from extraction.document import Region, RegionKind, Span, Table
from extraction.forms.label_tags import tag_of, tags
from extraction.forms.printed_form import FormTable
from extraction.labelling.tagger_input import pieces_of
from models.label_tokens import SPECIAL, Piece, Vocabulary
from models.labeller import Labeller
from training.labeller.config import read_config
from training.labeller.data.confusions import misread
from training.labeller.data.noise import with_noise
from training.labeller.data.pages import packed, page_of, row_of, unpacked
from training.labeller.data.tagged import IGNORED, Tagged, class_names, examples
from training.labeller.data.typeset import typeset
from training.synthetic.content.draft import Paragraph
from training.synthetic.content.report import draft_report

CONFIG = read_config()
VOCABULARY = Vocabulary([*SPECIAL, *"一二三四五六七八九十行政许可公开年度报告0123456789"])


def test_every_label_of_invented_reports_has_a_tag() -> None:
    known = set(tags())
    for seed in range(40):
        for part in draft_report(seed, "train").parts:
            if isinstance(part, Paragraph):
                names = {run.label for run in part.runs}
            else:
                assert isinstance(part, FormTable)
                names = {cell.label for _, _, cell in part.placed()}
            assert {tag_of(name) for name in names} - {""} <= known


def test_a_row_is_one_tag_in_both_forms() -> None:
    assert tag_of("row.documents_2019.rules") == tag_of("row.documents_2021.rules") == "row.rules"
    assert tag_of("column.applications.total") != tag_of("column.review_litigation.review.total")
    assert tag_of("block.fees_2019") == "block.fees"


def test_a_set_page_has_every_label_and_figure_of_the_text() -> None:
    draft = draft_report(3, "train")
    pages = typeset(draft)
    found = {tag for page in pages for tagged in page for tag in tagged.tags} - {""}
    assert {f"narrative.{n.id}" for n in draft.report.narrative} <= found
    assert {f"heading.{s.id}" for s in draft.report.sections} <= found
    assert {"row.results.total", "column.natural_person", "column.review.upheld"} <= found
    for page in pages:
        tops = [tagged.box[1] for tagged in page if not tagged.cell]
        assert tops == sorted(tops)
        assert all(0 <= side <= 1000 for tagged in page for side in tagged.box)


@given(st.integers(0, 10_000))
def test_noise_keeps_one_tag_a_character_and_begins_runs_where_they_are(seed: int) -> None:
    page = _PAGES[seed % len(_PAGES)]
    noisy_page = with_noise(page, Random(seed), replace(CONFIG.noise, pieces=0.2, wordings=0.5))
    for tagged in noisy_page:
        assert len(tagged.tags) == len(tagged.text)
        assert all(tagged.tags[k] for k in tagged.begins)
    assert {t for tagged in noisy_page for t in tagged.tags} <= {t for tagged in page for t in tagged.tags}


def test_without_noise_a_page_stays_as_it_is_but_for_its_places() -> None:
    still = replace(
        CONFIG.noise, rates=((0.0, 0.0),), shares=(1.0,), pieces=0.0, wordings=0.0, placeless=0.0, jitter=0.0
    )
    page = _PAGES[0]
    assert [(t.text, t.tags, t.begins) for t in with_noise(page, Random(1), still)] == [
        (t.text, t.tags, t.begins) for t in page
    ]


@given(st.lists(st.sampled_from(["", "year", "title", "row.rules"]), max_size=30))
def test_tags_are_packed_without_loss(marks: list[str]) -> None:
    assert unpacked(packed(marks)) == tuple(marks)


def test_a_page_is_kept_as_a_row_without_loss() -> None:
    for page in _PAGES[:3]:
        assert page_of(row_of("r", "o", page)) == page


def test_classes_say_where_a_run_begins() -> None:
    names = class_names()
    page = [Tagged("报告2021年", ("", "", *["year"] * 4, ""), frozenset((2,)))]
    (example,) = examples(page, VOCABULARY, 32)
    assert [names[c] for c in example.classes if c != IGNORED] == ["O", "O", "B-year", *["I-year"] * 3, "O"]


def test_what_was_misread_is_counted_character_by_character() -> None:
    assert sorted(misread([("行政许可", "行致许可"), ("予以公开", "予以公")])) == [("开", ""), ("政", "致")]
    assert list(misread([("行政许可", "甲乙丙丁")])) == []  # another print


def test_pieces_are_the_words_of_a_page_in_reading_order() -> None:
    cells = (TableCell(0, 0, "规章"), TableCell(0, 1, "12"), TableCell(0, 2, ""), TableCell(1, 0, "5（其中修订2件）"))
    regions = [
        Region(RegionKind.TEXT, (Span("一、总体情况"),)),
        Region(RegionKind.TABLE, table=Table(cells)),
        Region(RegionKind.FURNITURE, (Span("- 1 -"),)),
    ]
    (page,) = pieces_of(regions)
    assert [p.text for p in page.pieces] == ["一、总体情况", "规章", "5（其中修订2件）"]
    tops = [p.box[1] for p in page.pieces]
    assert tops == sorted(tops)
    assert len(set(tops)) == 3


@pytest.mark.slow
def test_the_recipe_runs_through_and_what_it_gives_labels_pages(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is in the extra train")
    from training.labeller.__main__ import train

    small = replace(
        CONFIG,
        network=replace(CONFIG.network, hidden=32, layers=1, heads=2, longest=128),
        data=replace(CONFIG.data, reports=10),
        pretraining=replace(CONFIG.pretraining, steps=2, batch=2),
        training=replace(CONFIG.training, steps=4, batch=2, every=2, bfloat16=False),
        finishing=replace(CONFIG.finishing, steps=2, batch=2, every=2, bfloat16=False),
    )
    train(small, tmp_path, None, "a test")
    labeller = Labeller(threads=1, folder=tmp_path / "model")
    page = _PAGES[0]
    found = labeller.label([tagged.piece for tagged in page])
    assert found.pieces.shape == (len(page), 1 + len(tags()))
    assert found.pieces.sum(axis=1) == pytest.approx(1.0, abs=1e-3)
    kept = (tmp_path / "model" / "labeller.onnx").read_bytes()
    train(small, tmp_path, None, "a test")  # all of it is done: nothing is trained again
    assert (tmp_path / "model" / "labeller.onnx").read_bytes() == kept


@pytest.mark.slow
def test_any_checkpoint_of_transformers_can_be_the_base(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is in the extra train")
    from transformers import BertConfig, BertModel

    from training.labeller.__main__ import train

    base = tmp_path / "bert"
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(base)
    VOCABULARY.write(base / "vocab.txt")
    small = replace(
        CONFIG,
        network=replace(CONFIG.network, longest=128),
        data=replace(CONFIG.data, reports=10),
        training=replace(CONFIG.training, steps=2, batch=2, every=2, bfloat16=False),
        finishing=replace(CONFIG.finishing, steps=2, batch=2, every=2, bfloat16=False),
    )
    train(small, tmp_path / "run", str(base), "a test")
    labeller = Labeller(threads=1, folder=tmp_path / "run" / "model")
    assert labeller.vocabulary.tokens == VOCABULARY.tokens
    assert labeller.label([Piece("行政许可")]).pieces.shape == (1, 1 + len(tags()))


def test_rare_classes_count_more() -> None:
    pytest.importorskip("torch", reason="torch is in the extra train")
    from training.labeller.train import class_weights

    weights = dict(zip(class_names(), class_weights(7.0).tolist(), strict=True))
    assert weights["B-narrative.reviews"] == weights["I-organization"] == weights["I-year"] == 7.0
    assert weights["O"] == weights["B-row.rules"] == weights["I-title"] == 1.0


_PAGES = [page for seed in (1, 2, 3) for page in typeset(draft_report(seed, "train"))]
