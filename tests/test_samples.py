"""Every sample report in all its renderings, from file to checked report, against its gold.

What may be left to a person, or differ in running text, is written down here and may only become less.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz

from eval.compare import compare
from extraction.catalogue import template
from extraction.document import Report, Verdict
from extraction.pipeline import extract
from extraction.settings import Settings
from models.loaded import Models

SAMPLES = Path(__file__).parents[1] / "annotations" / "samples"
REPORTS = sorted(path.parent.name for path in SAMPLES.glob("*/gold.json"))
DIGITAL = ("report.pdf", "report.docx", "report.html")

SETTLED = {Verdict.HOLDS, Verdict.SOURCE_INCONSISTENT, Verdict.NOT_APPLICABLE}

SCAN_REVIEW = {
    "beilan-2020": 1,
    "chiyan-2021": 1,
    "fengqiu-2022": 0,
    "hewan-2020": 3,
    "moling-2024": 0,
    "nanting-2021": 0,
    "qingluo-2019": 1,
    "yunze-2020": 0,
    "zheshui-2023": 2,
}
"""Fields of each scan that go to a person."""

SCAN_TEXT_ALIKE = 97.0
"""Per cent of a section's characters that are read alike in a scan."""

FAULTY_TEXT = {
    ("fengqiu-2022", "report.html"): "links below the report are taken for its last section",
    ("moling-2024", "report.html"): "links below the report are taken for its last section",
    ("yunze-2020", "report.html"): "the copyright line below the report is taken for its last section",
    ("zheshui-2023", "report.html"): "the copyright line below the report is taken for its last section",
    ("hewan-2020", "report.pdf"): "header cells in a coloured band are taken for running text",
}
"""Sections that differ from the gold today, and why."""


def gold_of(report: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SAMPLES / report / "gold.json").read_text(encoding="utf-8"))
    return content


def plain(text: str) -> str:
    return "".join(text.split())


def blamed(report: Report) -> set[str]:
    """All fields in the sums that are said not to hold in print."""
    assert report.template is not None
    form = template(report.template)
    foreign = {f.id for f in report.fields} - {f.id for f in form.fields}
    broken = {c.id for c in report.checks if c.verdict is Verdict.SOURCE_INCONSISTENT}
    sums = [i for i in form.identities(foreign) if i.id in broken]
    assert {i.id for i in sums} == broken
    return {field for i in sums for field in (*i.left, *i.right)}


def assert_sums_fail_where_they_do_in_print(report: Report, gold: dict[str, Any]) -> None:
    """Every total of the gold is in a sum that fails, and every sum that fails has such a total."""
    totals = set(gold["source_inconsistent"])
    assert totals <= blamed(report)
    assert report.template is not None
    foreign = {f.id for f in report.fields} - {f.id for f in template(report.template).fields}
    for identity in template(report.template).identities(foreign):
        (verdict,) = {c.verdict for c in report.checks if c.id == identity.id}
        if verdict is Verdict.SOURCE_INCONSISTENT:
            assert totals & {*identity.left, *identity.right}, identity.id


def extra_rows(report: Report) -> list[dict[str, Any]]:
    return [{"section": r.section, "label": r.label, "printed": list(r.printed)} for r in report.extra_rows]


@pytest.mark.parametrize("rendering", DIGITAL)
@pytest.mark.parametrize("report", REPORTS)
def test_digital(report: str, rendering: str, models: Models) -> None:
    """DOCX, HTML and PDF with a text layer state everything: nothing may be wrong or left to a person."""
    gold = gold_of(report)
    found = extract(SAMPLES / report / rendering, models, Settings())
    score = compare(gold, found)
    assert score.faults == ()
    assert (score.right, score.review, score.silent) == (len(gold["fields"]), 0, 0)
    assert score.perfect
    assert found.title == gold["title"]
    assert extra_rows(found) == gold["extra_rows"]
    assert_sums_fail_where_they_do_in_print(found, gold)
    assert {c.verdict for c in found.checks} <= SETTLED
    text = {s.id: plain(s.text) for s in found.sections}
    wanted = {section: plain(text) for section, text in gold["sections"].items()}
    if text != wanted and (reason := FAULTY_TEXT.get((report, rendering))):
        pytest.xfail(reason)
    assert text == wanted


@pytest.mark.parametrize("report", REPORTS)
def test_scan(report: str, models: Models) -> None:
    """Pictures only: nothing wrong is accepted, little is left to a person, and the sums say what they say in print."""
    gold = gold_of(report)
    found = extract(SAMPLES / report / "scan.pdf", models, Settings())
    score = compare(gold, found)
    assert score.silent == 0, score.faults
    assert score.heading_wrong == 0, score.faults
    assert score.fields - score.right <= score.review, score.faults  # what is not right is left to a person
    assert score.review <= SCAN_REVIEW[report], score.faults
    assert found.title == gold["title"]
    printed = extra_rows(found)
    assert [row for row in gold["extra_rows"] if row not in printed] == []  # nothing printed is lost
    assert_sums_fail_where_they_do_in_print(found, gold)
    texts = {s.id: s.text for s in found.sections}
    assert list(texts) == list(gold["sections"])
    for section, text in gold["sections"].items():
        wanted, got = (unicodedata.normalize("NFKC", plain(t)) for t in (text, texts[section]))
        assert fuzz.ratio(wanted, got) >= SCAN_TEXT_ALIKE or not (wanted or got), (section, got)


def test_all_samples_are_here() -> None:
    assert sorted(SCAN_REVIEW) == REPORTS
    assert all((SAMPLES / report / rendering).is_file() for report in REPORTS for rendering in (*DIGITAL, "scan.pdf"))
