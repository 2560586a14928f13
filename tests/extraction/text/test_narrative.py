"""Figures in sentences: which have a name, where they stand, and whether the tables agree. All of it is invented."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from extraction.document import Field, NarrativeFigure, Region, RegionKind, Report, Source, Span, Status
from extraction.pipeline import extract
from extraction.settings import Settings
from extraction.text.narrative import read_narrative, with_agreement
from extraction.text.sections import Paragraph, read_text
from models.loaded import Models
from training.synthetic.content.draft import Paragraph as Printed
from training.synthetic.content.report import draft_report

SEEDS = Path(os.environ.get("GOUJI_SHARED", Path(__file__).parents[4] / "shared")) / "seeds"


def told(*paragraphs: str, year: int = 2020) -> list[tuple[str, int]]:
    """Names and values of the figures in paragraphs."""
    found = read_narrative([Paragraph(text, None, (Span(text),)) for text in paragraphs], year)
    return [(figure.id, int(figure.value)) for figure in found]


def test_what_is_said_of_this_year_counts_before_what_is_said_of_the_last() -> None:
    assert told("2019年公开政府信息40条。2020年公开政府信息50条。") == [("published_items", 50)]
    assert told("2019年公开政府信息40条。") == [("published_items", 40)]


def test_a_figure_said_twice_is_one() -> None:
    assert told("全年公开政府信息50条。", "如前所述，公开政府信息50条。") == [("published_items", 50)]


def test_a_figure_is_found_across_lines_and_pages() -> None:
    lines = ["　　" + "工作按年初计划推进" * 3 + "，全年收到政府信息公开", "申请12件，已经办结。"]
    regions = [Region(RegionKind.TEXT, (Span(line, n),), page=n) for n, line in enumerate(lines, 1)]
    (figure,) = read_narrative(read_text(regions).paragraphs, 2020)
    assert figure == NarrativeFigure("received_requests", Decimal(12), "全年收到政府信息公开申请12件", 2)


# ---- beside the tables


def report(figure: NarrativeFigure, *fields: tuple[str, int | None, Status]) -> Report:
    known = tuple(
        Field(i, i, None if value is None else Decimal(value), "", status, 1.0) for i, value, status in fields
    )
    return Report(Source("", "", "", None), None, 2020, "2021", None, fields=known, narrative=(figure,))


RECEIVED = "applications.received.total"


@pytest.mark.parametrize(
    ("text", "value", "status", "agrees"),
    [
        ("收到申请12件", 12, Status.READ, True),
        ("收到申请12件", 13, Status.READ, False),
        ("收到申请12件", None, Status.BLANK, None),
        ("收到申请12件", None, Status.MISSING, None),
        ("收到申请12件", 12, Status.REVIEW, True),
        ("收到申请12件", 13, Status.REVIEW, None),
        ("收到申请12余件", 12, Status.READ, True),
    ],
)
def test_whether_the_tables_agree(text: str, value: int | None, status: Status, agrees: bool | None) -> None:
    figure = NarrativeFigure("received_requests", Decimal(12), text)
    assert with_agreement(report(figure, (RECEIVED, value, status))).narrative == (replace(figure, agrees=agrees),)


def test_a_rounded_figure_agrees_with_what_it_may_round() -> None:
    figure = NarrativeFigure("received_requests", Decimal(260), "收到申请260余件")
    said = {n: with_agreement(report(figure, (RECEIVED, n, Status.READ))).narrative[0].agrees for n in (260, 269, 270)}
    assert said == {260: True, 269: True, 270: False}


def test_two_kinds_of_lawsuits_add_up() -> None:
    figure = NarrativeFigure("lawsuits", Decimal(3), "行政诉讼3件")
    parts = [(f"litigation_{kind}.total", n, Status.READ) for kind, n in (("direct", 1), ("after_review", 2))]
    assert with_agreement(report(figure, *parts)).narrative[0].agrees is True


def test_generated_reports_of_the_dev_split_are_read_as_they_say() -> None:
    """F1 of names and values over whole reports."""
    found = wanted = right = 0
    for seed in range(50_000_000, 50_000_030):
        draft = draft_report(seed, "dev")
        texts = [part.text for part in draft.parts if isinstance(part, Printed) and part.style in ("text", "note")]
        said = {(figure.id, int(figure.value)) for figure in draft.report.narrative}
        read = set(told(*texts, year=draft.report.year or 0))
        found, wanted, right = found + len(read), wanted + len(said), right + len(read & said)
    assert wanted > 100
    assert 2 * right / (found + wanted) >= 0.95


@pytest.mark.skipif(not SEEDS.is_dir(), reason="no folder of real reports beside the repository")
@pytest.mark.parametrize(
    ("seed", "figure", "value", "agrees"),
    [
        ("000", "published_items", 63, None),
        ("000", "published_wechat", 60, None),
        ("000", "received_requests", 0, True),
        ("001", "published_items", 63, None),
        ("002", "received_requests", 1, True),
        ("003", "received_requests", 12, False),
        ("004", "published_items", 4, None),
        ("004", "received_requests", 0, True),
    ],
)
def test_figures_of_real_reports(seed: str, figure: str, value: int, agrees: bool | None) -> None:
    (path,) = SEEDS.glob(f"{seed}_*.txt")
    said = extract(path, Models(threads=1), Settings()).narrative
    assert [(n.value, n.agrees) for n in said if n.id == figure] == [(value, agrees)]
