"""Two annotators who differ are told where and how much."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.agreement import agreement, cohens_kappa, compared, overlap
from extraction.cli import main
from extraction.document import Label, Status
from extraction.errors import UsageError
from extraction.geometry import Box
from tests.annotations.gold import annotation, changed, write

UPHELD = "review.upheld"


def test_the_same_annotations_agree() -> None:
    gold = annotation()
    found = compared([(gold, gold)])
    assert (found.agreed, found.compared) == (198, 198)
    assert (found.kappa, found.overlap, found.boxes) == (1.0, 1.0, 198)
    assert found.labels == (2, 2)
    assert found.disagreements == ()


def test_every_difference_is_told() -> None:
    one = annotation()
    other = changed(one, UPHELD, value=Decimal(8), printed="8")
    other = changed(other, "review.pending", value=None, printed="", status=Status.BLANK)
    other = replace(other, labels=(other.labels[0], Label("heading.other", "六、其他", 2, Box(1, 1, 2, 2))))
    other = replace(other, report=replace(other.report, year=2021))
    found = compared([(one, other)], only=["c"])
    assert [str(d) for d in found.disagreements] == [
        "a year: 2020 | 2021",
        "a review.upheld: read 6 '6' | read 8 '8'",
        "a review.pending: read 0 '0' | blank ''",
        "a label row.applications.received 一、本年新收政府信息公开申请数量: given | not given",
        "a label heading.other 六、其他: not given | given",
    ]
    assert found.agreed == 196
    assert [f.id for f in found.fields if f.agreed < f.reports] == [UPHELD, "review.pending"]
    assert found.labels == (1, 3)
    assert found.kappa == 0  # the one says `read` of all: as much as chance
    assert found.only == ("c",)


def test_boxes_that_differ() -> None:
    one = annotation()
    moved = [
        replace(f, box=Box(f.box.left + 40, f.box.top, f.box.right + 40, f.box.bottom)) if f.box else f
        for f in one.report.fields
    ]
    other = replace(one, report=replace(one.report, fields=tuple(moved)))
    assert compared([(one, other)]).overlap == pytest.approx(1 / 3)
    elsewhere = replace(one, report=replace(one.report, fields=tuple(replace(f, page=7) for f in one.report.fields)))
    assert compared([(one, elsewhere)]).overlap == 0


def test_kappa_of_a_textbook_table() -> None:
    """Twenty yes by both, fifteen no by both, five and ten otherwise: 0.7 observed, 0.5 by chance."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohens_kappa(pairs) == pytest.approx(0.4)
    assert cohens_kappa([]) == 1
    assert cohens_kappa([("y", "n"), ("n", "y")]) == -1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1))
def test_kappa_is_symmetric_and_at_most_one(pairs: list[tuple[str, str]]) -> None:
    kappa = cohens_kappa(pairs)
    assert kappa <= 1
    assert kappa == pytest.approx(cohens_kappa([(b, a) for a, b in pairs]))
    assert (kappa == 1) == all(a == b for a, b in pairs)


def test_overlap_of_boxes() -> None:
    assert overlap(Box(0, 0, 2, 2), Box(1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert overlap(Box(0, 0, 1, 1), Box(5, 5, 6, 6)) == 0
    assert overlap(Box(1, 1, 1, 1), Box(1, 1, 1, 1)) == 0


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = (
        write(tmp_path / name, [gold])
        for name, gold in (("one", annotation()), ("other", changed(annotation(), UPHELD, printed="06")))
    )
    assert main(["annotations", "agreement", str(one), str(one)]) == 0
    capsys.readouterr()
    assert main(["annotations", "agreement", str(one), str(other)]) == 1
    printed = capsys.readouterr().out
    assert "197 of 198 (99.49%)" in printed
    assert "a review.upheld: read 6 '6' | read 6 '06'" in printed


def test_data_sets_of_other_reports_cannot_be_compared(tmp_path: Path) -> None:
    one, other = (write(tmp_path / name, [annotation(name=name)]) for name in ("one", "other"))
    with pytest.raises(UsageError, match="no report with the same id"):
        agreement(one, other)
