"""Codes of doubt: each told in both languages, by one stage, and joined once."""

from __future__ import annotations

from extraction.doubts import ABOUT, DoubtCode, doubt, joined, need_person


def test_every_code_is_told_in_both_languages_and_no_two_alike() -> None:
    assert set(ABOUT) == set(DoubtCode)
    assert len({about.zh for about in ABOUT.values()}) == len({about.en for about in ABOUT.values()}) == len(ABOUT)


def test_joined_doubts_keep_their_order_and_the_first_of_each_code() -> None:
    first, again = doubt(DoubtCode.NOT_READ, "first"), doubt(DoubtCode.NOT_READ, "again")
    found = joined(first, doubt(DoubtCode.WIDE_GAP), again)
    assert [d.code for d in found] == [DoubtCode.NOT_READ, DoubtCode.WIDE_GAP]
    assert found[0].detail == "first"


def test_a_seal_alone_sends_nobody() -> None:
    assert not need_person(doubt(DoubtCode.SEAL_OVER_FIGURE))
    assert need_person(joined(doubt(DoubtCode.SEAL_OVER_FIGURE), doubt(DoubtCode.WIDE_GAP)))
