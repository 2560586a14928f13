"""Names of invented agencies: which are spellings of one, and which are not merged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.archive.agencies import group_agencies, plain_name


def groups(names: dict[str, set[int]]) -> list[set[str]]:
    return [set(agency.spellings) for agency in group_agencies(names)[0]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("岚浦市青峰区人民政府", "青峰区人民政府"),
        ("岚浦省岚浦市青峰区水利局", "青峰区水利局"),
        ("青峰区卫生健康委员会", "青峰区卫健委"),
        ("岚浦市青峰区卫生健康委员会", "青峰区卫健委"),
        ("青峰區水利局", "青峰区水利局"),
        ("青峰区 水利局", "青峰区水利局"),
        ("青峰区政府", "青峰区人民政府"),
    ],
)
def test_spellings_of_one_agency(one: str, other: str) -> None:
    assert groups({one: {2020}, other: {2021}}) == [{one, other}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("青峰区人民政府", "青峰区人民政府办公室"),  # two bodies
        ("岚浦市青峰区水利局", "青峰区水务局"),
        ("岚浦市水利局", "水利局"),  # no place of its own
        ("岚浦市开发区管理委员会", "开发区管委会"),  # every city has one
        ("岚浦市青峰镇人民政府", "青峰县青峰镇人民政府"),
        ("柱塬镇人民政府", "槿塬镇人民政府"),  # a misreading, or another place
        ("岚浦市人民政府", "青峰区人民政府"),
    ],
)
def test_two_agencies(one: str, other: str) -> None:
    assert len(groups({one: {2020}, other: {2021}})) == 2


def test_a_short_name_of_two_agencies_is_left_alone() -> None:
    names = {"岚浦市城北区水利局": {2020}, "青峰市城北区水利局": {2020}, "城北区水利局": {2021}}
    agencies, ambiguous = group_agencies(names)
    assert len(agencies) == 3
    assert any("不止一个全称" in one.reason for one in ambiguous)


def test_names_that_both_report_on_a_year_are_two() -> None:
    agencies, ambiguous = group_agencies({"岚浦市青峰区水利局": {2020, 2021}, "青峰区水利局": {2021}})
    assert len(agencies) == 2
    assert "2021" in ambiguous[0].reason


def test_names_a_character_apart_are_pointed_out() -> None:
    _, ambiguous = group_agencies({"柱塬镇人民政府": {2020}, "槿塬镇人民政府": {2021}})
    assert ambiguous[0].names == ("柱塬镇人民政府", "槿塬镇人民政府")


@given(st.dictionaries(st.text("岚浦青峰市区县水利局镇人民政府", min_size=1, max_size=12), st.just({2020}), max_size=8))
def test_every_name_is_in_one_agency(names: dict[str, set[int]]) -> None:
    spelled = [spelling for agency in group_agencies(names)[0] for spelling in agency.spellings]
    assert sorted(spelled) == sorted(names)


def test_names_are_plain_already_where_nothing_is_odd() -> None:
    assert plain_name("岚浦市青峰区人民政府办公室") == "岚浦市青峰区人民政府办公室"
