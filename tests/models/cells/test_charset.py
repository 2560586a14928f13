"""Printed text in the charset of the cell recogniser, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cells.charset import CHARSET, classes_of, spelled, text_of


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("１，２３４", "1,234"),
        ("——", "-"),
        ("\\", "/"),
        ("22（其中修订16件）", "22□16□"),
        ("增/减", "□"),
        ("168万元", "168万元"),
        ("  12 ", "12"),
        ("", ""),
    ],
)
def test_printed_text_in_the_charset(text: str, said: str) -> None:
    assert spelled(text) == said


@given(st.text(CHARSET, max_size=12))
def test_classes_and_texts_are_each_others_way_back(text: str) -> None:
    assert text_of(tuple(classes_of(text))) == text


@given(st.text(max_size=12))
def test_any_text_can_be_spelled_once_and_for_all(text: str) -> None:
    once = spelled(text)
    assert set(once) <= set(CHARSET)
    assert spelled(once) == once


def test_a_character_outside_the_charset_has_no_class() -> None:
    with pytest.raises(ValueError, match="substring not found"):
        classes_of("件")
