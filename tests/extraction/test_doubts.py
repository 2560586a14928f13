"""Codes of doubt: each told in both languages, by one stage, and joined once."""

from __future__ import annotations

import json
import pickle

from extraction.doubts import DoubtCode, doubt, joined, need_person


def test_every_code_is_told_in_both_languages_and_no_two_alike() -> None:
    assert len({code.about.zh for code in DoubtCode}) == len({code.about.en for code in DoubtCode}) == len(DoubtCode)


def test_a_code_is_its_value_wherever_it_is_written() -> None:
    code = DoubtCode("not_read")
    assert code is DoubtCode.NOT_READ
    assert pickle.loads(pickle.dumps(code)) is code
    assert (str(code), json.dumps([code])) == ("not_read", '["not_read"]')


def test_joined_doubts_keep_their_order_and_the_first_of_each_code() -> None:
    first, again = doubt(DoubtCode.NOT_READ, "first"), doubt(DoubtCode.NOT_READ, "again")
    found = joined(first, doubt(DoubtCode.WIDE_GAP), again)
    assert [d.code for d in found] == [DoubtCode.NOT_READ, DoubtCode.WIDE_GAP]
    assert found[0].detail == "first"


def test_a_seal_alone_sends_nobody() -> None:
    assert not need_person(doubt(DoubtCode.SEAL_OVER_FIGURE))
    assert need_person(joined(doubt(DoubtCode.SEAL_OVER_FIGURE), doubt(DoubtCode.WIDE_GAP)))
