"""The shipped token classifier on typeset pages of invented reports: tags, probabilities, runs of characters."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from models.label_tokens import Piece
from models.labeller import Labeller
from models.weights import WeightsError
from training.labeller.data.tagged import Tagged
from training.labeller.data.typeset import typeset
from training.synthetic.content.report import draft_report


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return Labeller(threads=1)


@pytest.fixture(scope="module")
def pages() -> list[list[Tagged]]:
    """Of a report that no training has seen."""
    return typeset(draft_report(70_000_003, "dev"))


def test_labels_of_whole_pieces_are_named(labeller: Labeller, pages: list[list[Tagged]]) -> None:
    right, all_ = 0, 0
    for page in pages:
        found = labeller.label([tagged.piece for tagged in page]).pieces
        for tagged, row in zip(page, found, strict=True):
            if tagged.cell and tagged.text and len(set(tagged.tags)) == 1 and tagged.tags[0]:
                all_ += 1
                right += labeller.tags[int(row[1:].argmax())] == tagged.tags[0]
    assert all_ > 20
    assert right / all_ > 0.9


def test_probabilities_of_a_piece_sum_to_one_and_of_an_empty_one_to_none(labeller: Labeller) -> None:
    found = labeller.label([Piece("行政许可"), Piece(""), Piece(" "), Piece("本年新收政府信息公开申请数量")])
    assert found.pieces.shape == (4, 1 + len(labeller.tags))
    assert np.allclose(found.pieces.sum(axis=1), [1, 0, 0, 1], atol=1e-4)


def test_runs_lie_in_their_pieces_and_do_not_overlap(labeller: Labeller, pages: list[list[Tagged]]) -> None:
    for page in pages:
        pieces = [tagged.piece for tagged in page]
        runs = labeller.label(pieces).runs
        assert all(0 <= run.start < run.end <= len(pieces[run.piece].text) for run in runs)
        assert all(0 < run.probability <= 1 + 1e-6 and run.tag in labeller.tags for run in runs)
        for one, other in pairwise(runs):
            assert (one.piece, one.end) <= (other.piece, other.start) or one.piece < other.piece


def test_a_figure_in_a_sentence_is_a_run(labeller: Labeller, pages: list[list[Tagged]]) -> None:
    printed = {
        (page_number, number, start)
        for page_number, page in enumerate(pages)
        for number, tagged in enumerate(page)
        for start in tagged.begins
        if tagged.tags[start].startswith("narrative.")
    }
    found = {
        (page_number, run.piece, run.start)
        for page_number, page in enumerate(pages)
        for run in labeller.label([tagged.piece for tagged in page]).runs
    }
    assert printed
    assert len(printed & found) > len(printed) / 2


def test_pages_are_labelled_each_by_itself(labeller: Labeller, pages: list[list[Tagged]]) -> None:
    pieces = [tagged.piece for tagged in pages[0]]
    first, again = labeller.label(pieces), labeller.label(pieces)
    assert (first.pieces == again.pieces).all()
    assert first.runs == again.runs
    assert labeller.label([]).pieces.shape == (0, 1 + len(labeller.tags))


def test_a_folder_without_a_network_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be read"):
        Labeller(folder=tmp_path)
