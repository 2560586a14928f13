"""Each test shows its input: a label as printed, and the form's wording of it."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.forms.catalogue import template
from extraction.forms.form_lines import LineKind, form_lines
from extraction.forms.label_similarity import chinese_count, core, similarity, without_brackets
from extraction.settings import Settings

SAME = Settings().labels.min_similarity


def labels(form_id: str) -> list[tuple[str, ...]]:
    """The wordings of every labelled data row of a form, the other form's variants among them."""
    lines = form_lines(template(form_id))
    return [line.wordings for line in lines if line.kind is LineKind.DATA and line.wordings[0]]


@pytest.mark.parametrize(
    "printed",
    [
        "属于国家秘密",
        "1.属于国家秘密",
        "1. 属于国家秘密",
        "1、属于国家秘密",
        "1，属于国家秘密",
        "１．属于国家秘密",
        "(1)属于国家秘密",
        "（1）属于国家秘密",
        "（一）属于国家秘密",
        "一、属于国家秘密",
        "十二、属于国家秘密",
        "1.属于国\n家秘密",
        " 1 . 属 于 国 家 秘 密 ",
        "1.“属于国家秘密”",
        "1.属于国家秘密：",
    ],
)
def test_numbering_spaces_and_marks_make_no_difference(printed: str) -> None:
    assert core(printed) == "属于国家秘密"
    assert similarity(printed, "1.属于国家秘密") == 1.0


@pytest.mark.parametrize(
    ("printed", "rest"),
    [("第一项", "第一项"), ("一", "一"), ("1.", "1"), ("（六）", "六"), ("", ""), ("——", ""), ("三十六计", "三十六计")],
)
def test_what_is_no_numbering_stays(printed: str, rest: str) -> None:
    assert core(printed) == rest


@pytest.mark.parametrize(
    ("printed", "wording"),
    [
        ("（二）部分公开", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
        (
            "(二)部分公开(区分处理的,只计这一情形,不计其他情形)",
            "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
        ),
        ("采购总金额（单位：元）", "采购总金额"),
        ("其他对外管理服务事项（含行政处罚、行政强制）", "其他对外管理服务事项"),
        ("行政许可（注：不含行政处罚", "行政许可"),
        ("规 章", "规章"),
    ],
)
def test_brackets_may_be_left_out(printed: str, wording: str) -> None:
    assert similarity(printed, wording) == 1.0


def test_a_label_that_is_all_bracket_keeps_its_text() -> None:
    assert without_brackets("（总计）") == "总计"


@pytest.mark.parametrize(
    ("printed", "wording"),
    [
        ("1.属干国家秘密", "1.属于国家秘密"),
        ("2.其他法律行政止公开", "2.其他法律行政法规禁止公开"),
        ("3.危及“三安全—稳定", "3.危及“三安全一稳定”"),
        ("行政事业型收费", "行政事业性收费"),
        ("二、上年结转政府倍息公开申请数置", "二、上年结转政府信息公开申请数量"),
        ("四、结转下年度继续", "四、结转下年度继续办理"),
        ("本年新", "本年新制作"),
        ("规范性文件", "行政规范性文件"),
    ],
)
def test_slips_stay_alike(printed: str, wording: str) -> None:
    assert similarity(printed, wording) >= 0.7


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_different_rows_of_a_form_are_apart(form_id: str) -> None:
    """The closest pairs, in full: all others are under the similarity at which rows match."""
    close = {
        (a[0], b[0]): round(max(similarity(x, y) for x in a for y in b), 2)
        for a, b in combinations(labels(form_id), 2)
        if max(similarity(x, y) for x in a for y in b) >= SAME
    }
    expected = {
        ("一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量"): 0.79,
        ("（六）其他处理", "3.其他"): 0.67,
        (
            "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
            "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        ): 0.69,
    }
    assert close == expected


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_every_wording_is_nearest_to_its_own_row(form_id: str) -> None:
    rows = labels(form_id)
    for own in rows:
        for wording in own:
            assert all(max(similarity(wording, w) for w in row) < 1.0 for row in rows if row is not own), wording


@given(st.text(max_size=20), st.text(max_size=20))
def test_between_nothing_and_all_and_the_same_both_ways(a: str, b: str) -> None:
    assert 0.0 <= similarity(a, b) <= 1.0
    assert similarity(a, b) == similarity(b, a)
    assert similarity(a, a) == (1.0 if core(a) else 0.0)


@given(st.sampled_from([w for row in labels("2021") for w in row]), st.data())
def test_one_wrong_character_never_makes_it_another_row(wording: str, data: st.DataObject) -> None:
    """Only labels of four characters and more: 3.其他 with a slip is nobody's."""
    if chinese_count(wording) < 4:
        return
    place = data.draw(st.sampled_from([k for k, c in enumerate(wording) if "一" <= c <= "鿿"]))
    slip = wording[:place] + data.draw(st.sampled_from("囗曰皿亍彐")) + wording[place + 1 :]
    own = next(row for row in labels("2021") if wording in row)
    others = [row for row in labels("2021") if row != own]
    nearest = max(similarity(slip, w) for w in own)
    assert nearest >= SAME
    assert all(nearest > max(similarity(slip, w) for w in row) for row in others)


@pytest.mark.parametrize(("text", "count"), [("", 0), ("12", 0), ("一二", 2), ("规 章。", 2), ("A件", 1)])
def test_chinese_count(text: str, count: int) -> None:
    assert chinese_count(text) == count
