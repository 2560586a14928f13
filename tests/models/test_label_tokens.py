"""Windows of character tokens: none lost, none twice, none longer than asked; vocabularies and their files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.label_tokens import NOWHERE, SPECIAL, Piece, Vocabulary, characters, windows

VOCABULARY = Vocabulary([*SPECIAL, *"行政许可公开0123456789"])
PIECES = st.lists(st.text("行政许可公开0 １\n", max_size=60).map(Piece), max_size=12)


@given(PIECES, st.integers(8, 40))
def test_every_character_is_in_one_window(pieces: list[Piece], longest: int) -> None:
    found = windows(pieces, VOCABULARY, longest)
    assert all(len(w.ids) == len(w.boxes) == len(w.spots) <= longest for w in found)
    spots = [spot for w in found for spot in w.spots if spot is not None]
    wanted = [(n, k) for n, p in enumerate(pieces) for k, c in enumerate(p.text) if not c.isspace()]
    assert spots == wanted


@given(PIECES, st.integers(8, 40))
def test_a_piece_that_fits_is_not_split(pieces: list[Piece], longest: int) -> None:
    for window in windows(pieces, VOCABULARY, longest):
        assert window.ids[0] == VOCABULARY.cls
        assert window.ids[-1] == VOCABULARY.sep
    short = [p for p in pieces if 0 < len(list(characters(p.text))) <= longest - 2]
    found = windows(short, VOCABULARY, longest)
    assert sorted(n for w in found for n in {s.piece for s in w.spots if s is not None}) == list(range(len(short)))


def test_tokens_have_the_box_of_their_piece() -> None:
    (window,) = windows([Piece("行政", (1, 2, 3, 4)), Piece("许可", (5, 6, 7, 8))], VOCABULARY, 20)
    assert window.boxes == (NOWHERE, *[(1, 2, 3, 4)] * 3, *[(5, 6, 7, 8)] * 3)


def test_characters_are_folded_and_know_their_place_in_the_text() -> None:
    assert list(characters("Ａ １㈠")) == [(0, "a"), (2, "1"), (3, "("), (3, "一"), (3, ")")]


def test_a_character_that_the_vocabulary_lacks_is_unknown() -> None:
    assert VOCABULARY.id_of("谢") == VOCABULARY.unknown != VOCABULARY.id_of("行")


def test_a_vocabulary_comes_back_from_its_file(tmp_path: Path) -> None:
    VOCABULARY.write(tmp_path / "vocab.txt")
    assert Vocabulary.read(tmp_path / "vocab.txt").tokens == VOCABULARY.tokens
    assert len(VOCABULARY) == len(VOCABULARY.tokens)


def test_a_vocabulary_without_a_special_token_is_refused() -> None:
    with pytest.raises(ValueError, match=r"lacks \[SEP\], \[MASK\]"):
        Vocabulary([*SPECIAL[:3], "行"])
