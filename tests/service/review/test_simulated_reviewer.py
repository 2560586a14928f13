"""The scripted reviewer: leaves nothing wrong that the desk leads to, and the cheapest way that it offers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extraction.document import Candidate, Report, Status
from extraction.forms.identities import check_sums
from service.review.effort import CONFIRM, LOOK_SECONDS, PICK, Effort, retyped, typed
from service.review.simulated_reviewer import at_the_desk, reviewing, table

END = Effort(keys=4, looks=1)
UPHELD, OTHER, TOTAL = "review.upheld", "review.other", "review.total"


@pytest.fixture
def gold() -> Report:
    from annotations.store import read_gold
    from tests.documents import SAMPLES

    return read_gold(SAMPLES / "qingluo-2019" / "gold.json").report


def doubtful(gold: Report, field_id: str, text: str | None, *candidates: str) -> Report:
    """The gold with a cell for review that says `text`."""
    value = None if text is None else Decimal(text)
    offered = tuple(Candidate(c, 0.2) for c in candidates)
    fields = (
        replace(f, value=value, printed=text or "", status=Status.REVIEW, confidence=0.5, candidates=offered)
        if f.id == field_id
        else f
        for f in gold.fields
    )
    return check_sums(replace(gold, fields=tuple(fields)))


@pytest.mark.parametrize(
    ("text", "candidates", "effort"),
    [
        ("3", ("3", "8"), CONFIRM),
        ("8", ("8", "3"), PICK),
        ("8", (), PICK),  # what the other figures of the sum leave is on a key
    ],
)
def test_a_cell_takes_the_cheapest_way(gold: Report, text: str, candidates: tuple[str, ...], effort: Effort) -> None:
    took, left = at_the_desk(doubtful(gold, UPHELD, text, *candidates), {f.id: f for f in gold.fields})
    assert took == effort + END
    assert left.field(UPHELD).value == 3


def test_what_no_sum_is_over_is_typed(gold: Report) -> None:
    amount = next(f for f in gold.fields if f.id == "proactive.rules.made")
    right = {f.id: f for f in gold.fields}
    assert at_the_desk(doubtful(gold, amount.id, None), right)[0] == retyped(amount.printed) + END
    assert at_the_desk(doubtful(gold, amount.id, None, "77"), right)[0] == typed(amount.printed) + END


def test_a_sure_figure_that_breaks_its_sum_is_put_right_and_one_that_breaks_none_stays(gold: Report) -> None:
    changed = {TOTAL: "9", "proactive.rules.made": "88"}
    fields = (
        replace(f, value=Decimal(changed[f.id]), printed=changed[f.id]) if f.id in changed else f for f in gold.fields
    )
    read = check_sums(replace(gold, fields=tuple(fields)))
    done = reviewing("a", "fax", read, gold)
    assert (done.wrong_before, done.wrong_after) == (2, 1)


def test_a_source_error_takes_a_look_at_each_of_its_figures(gold: Report) -> None:
    fields = (replace(f, value=Decimal(9), printed="9") if f.id == TOTAL else f for f in gold.fields)
    wrong = check_sums(replace(gold, fields=tuple(fields)))
    took, left = at_the_desk(wrong, {f.id: f for f in wrong.fields})
    assert took == Effort(keys=1, looks=5) + END
    assert left.field(TOTAL).value == 9
    assert took.seconds == pytest.approx(5 * 0.28 + 6 * LOOK_SECONDS)


def test_the_table_has_a_line_a_level_and_one_for_all(gold: Report) -> None:
    found = [reviewing("a", "fax", doubtful(gold, UPHELD, "8"), gold), reviewing("b", "worn", gold, gold)]
    lines = list(table(found))
    assert [line.split("|")[1].strip() for line in lines[2:5]] == ["fax", "worn", "all"]
