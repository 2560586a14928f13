"""Consecutive years of one agency: who is in a series, and that figures go on from year to year."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import pairwise

import pytest

from extraction.forms.identities import check_sums
from extraction.forms.printed_form import APPLICANTS
from training.synthetic.content.draft import Draft
from training.synthetic.content.report import YEARS, draft_report
from training.synthetic.content.series import SEEDS, Series, series_of
from training.synthetic.content.variations import NONE
from training.synthetic.dataset import Order, tasks_of


def drafts_of(first: int, length: int = 3) -> list[Draft]:
    """A series of plain reports."""
    return [draft_report(first + k, "train", NONE, Series(first, k, length)) for k in range(length)]


def figures(draft: Draft) -> dict[str, Decimal]:
    return {f.id: f.value for f in draft.report.fields if f.value is not None}


def test_about_the_share_of_threes_is_a_series_of_two_or_three() -> None:
    found = [series_of(SEEDS + k, "train", 0.3) for k in range(3000)]
    lengths = Counter(s.length for s in found if s and s.index == 0)
    assert set(lengths) == {2, 3}
    assert 230 < sum(lengths.values()) < 370
    assert Counter(s.length for s in found if s) == {n: n * count for n, count in lengths.items()}
    assert not any(series_of(k, "train", 0.0) for k in range(300))


def test_a_longer_order_or_another_share_takes_no_series_apart() -> None:
    some, more = ({k: series_of(k, "dev", share) for k in range(600)} for share in (0.2, 0.6))
    assert all(more[k] == series for k, series in some.items() if series)
    few, many = (tasks_of(Order("dev", n, 3, series=0.4), ("reportlab",), ("digital", "worn")) for n in (20, 50))
    assert few == many[:20]


def test_years_of_a_series_follow_each_other_for_one_agency() -> None:
    for first in range(0, 90, 3):
        reports = [draft.report for draft in drafts_of(first)]
        assert len({r.organization for r in reports}) == 1
        years = [r.year or 0 for r in reports]
        assert [later - year for year, later in pairwise(years)] == [1, 1]
        assert YEARS[0] <= years[0] <= years[-1] <= YEARS[-1]


@pytest.mark.slow
def test_figures_go_on_from_the_year_before() -> None:
    seen: Counter[str] = Counter()
    for first in range(0, 180, 3):
        for before, after in pairwise(map(figures, drafts_of(first))):
            for party in APPLICANTS:
                left = before[f"applications.carried_out.{party}"]
                assert after[f"applications.carried_in.{party}"] == left
                seen["carried"] += bool(left)
            for row in ("rules", "normative_documents"):
                last, issued, repealed, in_force = (
                    (before if k == 0 else after).get(f"proactive.{row}.{name}")
                    for k, name in enumerate(("in_force", "issued", "repealed", "in_force"))
                )
                if None not in (last, issued, repealed, in_force):
                    assert in_force == (last or 0) + (issued or 0) - (repealed or 0) >= 0
                    seen["in force"] += bool(in_force)
            items = "proactive.administrative_licensing.items_last_year"
            if items in before and items in after:
                assert after[items] == max(0, before[items] + before[items.replace("items_last_year", "change")])
                seen["items"] += bool(after[items])
    assert min(seen[what] for what in ("carried", "in force", "items")) > 3


def test_sums_hold_in_every_year() -> None:
    for first in range(0, 60, 3):
        for draft in drafts_of(first):
            assert not [c for c in check_sums(draft.report).checks if c.holds is False]


def test_a_report_of_a_series_is_made_without_the_others() -> None:
    series = Series(30, 2, 3)
    assert draft_report(32, "train", series=series) == draft_report(32, "train", series=series)
    assert draft_report(32, "train", series=series).report != draft_report(32, "train").report


def test_series_of_two_splits_share_no_organization() -> None:
    names = {
        split: {draft_report(30 + k, split, series=Series(30, k, 3)).report.organization for k in range(3)}
        for split in ("train", "test")
    }
    assert not names["train"] & names["test"]


def test_nothing_is_before_the_first() -> None:
    with pytest.raises(ValueError, match="first"):
        _ = Series(3, 0, 2).before


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_that_cannot_be(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        Order("test", 3, 0, (), share)
