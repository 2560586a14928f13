"""Each test shows its input: a report, and what its JSON says."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Check, ExtraRow, Field, NarrativeFigure, Report, Section, Source, Status, Verdict
from extraction.geometry import Box
from extraction.output.report_json import dump_report, json_values, load_report

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
VALUES = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**17), max_value=10**17, places=4
) | st.integers(-(10**17), 10**17).map(Decimal)
PAGES = st.none() | st.integers(1, 300)
COORDINATES = st.floats(0, 3000, allow_nan=False)
BOXES = st.builds(Box, COORDINATES, COORDINATES, COORDINATES, COORDINATES)

FIELDS = st.builds(
    Field,
    id=TEXT,
    label=TEXT,
    value=st.none() | VALUES,
    printed=TEXT,
    status=st.sampled_from(Status),
    confidence=st.floats(0, 1),
    page=PAGES,
    box=st.none() | BOXES,
    reading=st.none() | TEXT,
)
REPORTS = st.builds(
    Report,
    source=st.builds(Source, TEXT, TEXT, TEXT, PAGES),
    organization=st.none() | TEXT,
    year=st.none() | st.integers(2000, 2049),
    template=st.sampled_from([None, "2019", "2021"]),
    title=st.none() | TEXT,
    sections=st.lists(st.builds(Section, TEXT, TEXT, TEXT, PAGES), max_size=3).map(tuple),
    fields=st.lists(FIELDS, max_size=4).map(tuple),
    extra_rows=st.lists(st.builds(ExtraRow, TEXT, TEXT, st.lists(TEXT, max_size=3).map(tuple), PAGES), max_size=2).map(
        tuple
    ),
    checks=st.lists(
        st.builds(Check, TEXT, TEXT, st.sampled_from([None, True, False]), st.sampled_from(Verdict)), max_size=3
    ).map(tuple),
    narrative=st.lists(
        st.builds(NarrativeFigure, TEXT, VALUES, TEXT, PAGES, st.sampled_from([None, True, False])), max_size=2
    ).map(tuple),
    warnings=st.lists(TEXT, max_size=2).map(tuple),
)

SMALL = Report(
    source=Source("区/甲局.pdf", "ab12", "application/pdf", 5),
    organization="某某区甲局",
    year=2020,
    template="2019",
    title="某某区甲局2020年度报告",
    sections=(Section("overview", "一、总体情况", "正文", 1),),
    fields=(
        Field("a", "甲", Decimal("503.59"), "503.59", Status.READ, 0.99, 3, Box(1.5, 2.0, 30.2, 14.0)),
        Field("b", "乙", Decimal(12), "12", Status.CORRECTED, 0.9, 3, None, reading="17"),
        Field("c", "丙", None, "", Status.BLANK, 1.0),
    ),
    extra_rows=(ExtraRow("proactive", "其他主动公开文件", ("56", "45"), 2),),
    checks=(
        Check("x:row_total", "1 + 1 = 2", True, Verdict.HOLDS),
        Check("y:row_total", "? = 2", None, Verdict.UNRESOLVED),
    ),
    narrative=(NarrativeFigure("received_requests", Decimal(12), "收到12件", 2, False),),
    warnings=("题名年份不一致",),
)


@given(REPORTS)
def test_written_and_read_a_report_is_the_same(report: Report) -> None:
    text = dump_report(report)
    again = load_report(text)
    assert again == report
    assert dump_report(again) == text
    for field, was in zip(again.fields, report.fields, strict=True):
        assert str(field.value) == str(was.value)
        assert field.value is None or type(field.value) is Decimal
        assert type(field.status) is Status


@given(VALUES)
def test_values_are_exact_in_the_text_itself(value: Decimal) -> None:
    field = Field("a", "甲", value, "", Status.READ, 1.0)
    written = json_values(dump_report(_of(field)))["fields"][0]["value"]
    assert Decimal(written) == value


@pytest.mark.parametrize("value", ["0", "0.1", "503.59", "11398889", "-2", "5035900.01", "999999999999999999"])
def test_values_stand_in_the_text_as_plain_numbers(value: str) -> None:
    assert f'"value": {value},' in dump_report(_of(Field("a", "甲", Decimal(value), "", Status.READ, 1.0)))


def test_the_contracts_keys() -> None:
    data = json.loads(dump_report(SMALL))
    assert list(data) == [
        "schema_version",
        "source",
        "organization",
        "year",
        "template",
        "title",
        "sections",
        "fields",
        "extra_rows",
        "checks",
        "narrative",
        "warnings",
    ]
    assert data["schema_version"] == 1
    assert data["source"] == {"path": "区/甲局.pdf", "sha256": "ab12", "media_type": "application/pdf", "pages": 5}
    assert data["sections"] == [{"id": "overview", "title": "一、总体情况", "text": "正文", "page": 1}]
    assert data["fields"] == [
        {
            "id": "a",
            "label": "甲",
            "value": 503.59,
            "printed": "503.59",
            "status": "read",
            "confidence": 0.99,
            "page": 3,
            "bbox": [1.5, 2.0, 30.2, 14.0],
        },
        {
            "id": "b",
            "label": "乙",
            "value": 12,
            "printed": "12",
            "reading": "17",
            "status": "corrected",
            "confidence": 0.9,
            "page": 3,
            "bbox": None,
        },
        {
            "id": "c",
            "label": "丙",
            "value": None,
            "printed": "",
            "status": "blank",
            "confidence": 1.0,
            "page": None,
            "bbox": None,
        },
    ]
    assert data["extra_rows"] == [
        {"section": "proactive", "label": "其他主动公开文件", "printed": ["56", "45"], "page": 2}
    ]
    assert data["checks"] == [
        {"id": "x:row_total", "expression": "1 + 1 = 2", "holds": True, "verdict": "holds"},
        {"id": "y:row_total", "expression": "? = 2", "holds": None, "verdict": "unresolved"},
    ]
    assert data["narrative"] == [
        {"id": "received_requests", "value": 12, "text": "收到12件", "page": 2, "agrees": False}
    ]
    assert data["warnings"] == ["题名年份不一致"]


def test_chinese_is_written_as_such_and_the_text_ends_in_a_newline() -> None:
    text = dump_report(SMALL)
    assert "某某区甲局" in text
    assert text.endswith("}\n")


@pytest.mark.parametrize("version", [0, 2, "1", None, "absent"])
def test_another_schema_version_is_refused(version: object) -> None:
    data = json.loads(dump_report(SMALL))
    data["schema_version"] = version
    if version == "absent":
        del data["schema_version"]
    with pytest.raises(ValueError, match="not a report of schema version 1"):
        load_report(json.dumps(data))


@pytest.mark.parametrize("text", ["", "[]", "1", "null", "{}", "{", '"schema_version"'])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        load_report(text)


def test_an_unknown_status_or_verdict_is_refused() -> None:
    for path, word in ((("fields", "status"), "guessed"), (("checks", "verdict"), "probably")):
        data = json.loads(dump_report(SMALL))
        data[path[0]][0][path[1]] = word
        with pytest.raises(ValueError, match=word):
            load_report(json.dumps(data))


def _of(field: Field) -> Report:
    return Report(Source("a", "b", "c", None), None, None, None, None, fields=(field,))
