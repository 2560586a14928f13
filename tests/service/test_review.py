"""A review as values and in a real database: what actions leave open, what keys offer, in which order to look."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Candidate, Report, Status, Verdict
from extraction.forms.identities import check_sums, identities_of
from service.desk import statistics
from service.files import Files
from service.loop import collection
from service.loop.accepting import Cost, accept
from service.review.accuracy import count_right_cells
from service.review.actions import Action, Kind, Refused, standing
from service.review.attention import attention
from service.review.choices import KEYS, choices, implied_by_sums
from service.review.effort import CONFIRM, PICK, retyped, typed
from service.review.replay import replay, replay_with
from service.store import drafts, leases, reports, versions
from service.store.engine import Store
from service.store.tables import Document, Lease, ReportRow, Version, now
from tests.service.archive import report, stored, unsure

UPHELD, CORRECTED, OTHER, PENDING, TOTAL = (
    f"review.{part}" for part in ("upheld", "corrected", "other", "pending", "total")
)
SUM = "review:total"
ALL = Action(Kind.ACCEPT_ALL)


def value(field_id: str, text: str) -> Action:
    return Action(Kind.VALUE, (field_id,), text)


def gold() -> Report:
    """A sample of which every sum holds, with 3 + 1 + 0 + 1 = 5 among them."""
    return report("qingluo-2019")


def check(of: Report, check_id: str) -> Verdict:
    return next(c.verdict for c in of.checks if c.id == check_id)


# ---------------------------------------------------------------- actions


def test_deciding_every_open_cell_and_taking_the_sure_ones_finishes_a_review() -> None:
    read = check_sums(unsure(gold(), UPHELD, OTHER))
    now_ = replay(read, ())
    assert now_.open_fields == (UPHELD, OTHER)
    now_ = replay(read, (value(UPHELD, "3"), value(OTHER, "０")))
    assert (now_.open_fields, now_.open_checks, now_.finished) == ((), (), False)
    assert now_.report.field(OTHER).value == 0
    assert replay(read, (value(UPHELD, "3"), value(OTHER, "0"), ALL)).finished


def test_a_decision_is_sure_and_keeps_what_was_first_read() -> None:
    field = replay(unsure(gold(), UPHELD), (value(UPHELD, "8"),)).report.field(UPHELD)
    assert (field.status, field.value, field.printed, field.reading, field.confidence) == (
        Status.READ,
        Decimal(8),
        "8",
        "3",
        1.0,
    )


AMOUNT = "proactive.administrative_fees.fee_amount_wanyuan"


@pytest.mark.parametrize(
    ("printed", "value_", "text", "kept"),
    [
        ("99170000", "9917", "99170000", "9917"),  # the column is headed 元: confirmed, and put right
        ("99170000", "9917", "99170001", "9917.0001"),
        ("9917", "9917", "9918", "9918"),
        ("9917", "9917", "99170000元", "9917"),
        ("", None, "99170000元", "9917"),
    ],
)
def test_money_is_kept_in_the_unit_that_the_report_prints(
    printed: str, value_: str | None, text: str, kept: str
) -> None:
    now_ = replay(with_amount(printed, value_), (value(AMOUNT, text),))
    assert now_.report.field(AMOUNT).value == Decimal(kept)


def with_amount(printed: str, amount: str | None) -> Report:
    """A sample with this sum of money for review."""
    said = {"value": None if amount is None else Decimal(amount), "printed": printed, "status": Status.REVIEW}
    read = report("fengqiu-2022")
    return replace(read, fields=tuple(replace(f, **said) if f.id == AMOUNT else f for f in read.fields))


@pytest.mark.parametrize(
    "before",
    [
        (Action(Kind.BLANK, (AMOUNT,)),),
        (Action(Kind.MISSING, (AMOUNT,)),),
        (value(AMOUNT, "0"),),
        (value(AMOUNT, "9917万元"),),
        (value(AMOUNT, "99170000元"), value(AMOUNT, "0")),
    ],
)
def test_what_was_tried_before_does_not_change_the_unit_of_a_column(before: tuple[Action, ...]) -> None:
    read = with_amount("99170000", "9917")
    field = replay(read, (*before, value(AMOUNT, "99170001"))).report.field(AMOUNT)
    assert (field.value, field.reading) == (Decimal("9917.0001"), "99170000")


def test_a_second_review_knows_the_unit_of_a_column_by_what_was_first_read() -> None:
    first = replay(with_amount("99170000", "9917"), (value(AMOUNT, "9917万元"),)).report
    assert replay(first, (value(AMOUNT, "99170000"),)).report.field(AMOUNT).value == 9917


def test_a_wrong_decision_leaves_its_sum_open_until_it_is_put_right_or_confirmed() -> None:
    read = check_sums(unsure(gold(), UPHELD))
    wrong = replay(read, (value(UPHELD, "8"), ALL))
    assert wrong.open_checks == (SUM,)
    assert not wrong.finished
    assert "相差 5" in next(c.explanation.zh for c in wrong.report.checks if c.id == SUM and c.explanation)
    said = next(c.expression for c in wrong.report.checks if c.id == SUM)
    confirmed = replay_with(read, (value(UPHELD, "8"), ALL), Action(Kind.SOURCE_ERROR, (SUM,), said))
    assert confirmed.finished
    assert check(confirmed.report, SUM) is Verdict.SOURCE_INCONSISTENT
    assert replay(read, (value(UPHELD, "8"), value(UPHELD, "3"), ALL)).finished


def test_a_confirmed_source_error_is_open_again_once_its_figures_change() -> None:
    read = check_sums(unsure(gold(), UPHELD))
    said = next(c.expression for c in replay(read, (value(UPHELD, "8"),)).report.checks if c.id == SUM)
    actions = (value(UPHELD, "8"), Action(Kind.SOURCE_ERROR, (SUM,), said), value(UPHELD, "7"))
    assert replay(read, actions).open_checks == (SUM,)


def test_what_the_conversion_found_in_print_has_to_be_confirmed_too() -> None:
    read = check_sums(replace_value(gold(), TOTAL, "6"))
    assert replay(read, (ALL,)).open_checks == (SUM,)


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (value(UPHELD, "1 2"), "不是一个数字"),
        (value(UPHELD, "/"), "空白"),
        (value(UPHELD, "3元"), "单位"),
        (value("review.none", "3"), "没有"),
        (Action(Kind.UNDO), "撤销"),
        (Action(Kind.VALUE, (UPHELD, OTHER), "3"), "太多"),
        (Action(Kind.MISSING), "没有指明"),
        (Action(Kind.SOURCE_ERROR, (SUM,), "1 = 2"), "并非不符"),
        (Action(Kind.HEADING, ("year",), "二〇二四"), "四位数字"),
        (Action(Kind.HEADING, ("organization",), " "), "不能为空"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(action: Action, why: str) -> None:
    with pytest.raises(Refused, match=why):
        replay_with(unsure(gold(), UPHELD), (), action)


def test_blank_and_missing_cells_have_no_value_and_leave_their_sum_aside() -> None:
    read = check_sums(unsure(gold(), UPHELD, OTHER))
    now_ = replay(read, (Action(Kind.BLANK, (UPHELD,)), Action(Kind.MISSING, (OTHER,))))
    assert [now_.report.field(i).status for i in (UPHELD, OTHER)] == [Status.BLANK, Status.MISSING]
    assert check(now_.report, SUM) is Verdict.NOT_APPLICABLE


ACTIONS = st.lists(
    st.one_of(
        st.builds(value, st.sampled_from((UPHELD, CORRECTED, TOTAL)), st.integers(0, 99).map(str)),
        st.builds(Action, st.just(Kind.BLANK), st.just((PENDING,))),
        st.just(ALL),
        st.just(Action(Kind.HEADING, ("year",), "2031")),
        st.just(Action(Kind.UNDO)),
    ),
    max_size=8,
)


@given(ACTIONS, st.builds(value, st.sampled_from((UPHELD, TOTAL)), st.just("77")))
def test_undo_takes_back_the_last_action_that_stands(actions: list[Action], last: Action) -> None:
    read = unsure(gold(), UPHELD, PENDING)
    undo = Action(Kind.UNDO)
    assert replay(read, (*actions, last, undo)) == replay(read, actions)
    assert standing((*actions, last)) == (*standing(actions), last)


@given(ACTIONS)
def test_no_cell_changes_that_no_action_names(actions: list[Action]) -> None:
    read = unsure(gold(), UPHELD, PENDING)
    now_ = replay(read, actions)
    named = {target for action in standing(actions) for target in action.targets}
    for before, then in zip(read.fields, now_.report.fields, strict=True):
        assert before == then or before.id in named


# ---------------------------------------------------------------- keys and order


@given(
    st.lists(st.sampled_from(("", "1", "2", "3", "4", "7", "12", "40")), unique=True, max_size=6),
    st.lists(st.integers(-3, 50).map(Decimal), max_size=3, unique=True),
)
def test_each_choice_has_a_key_of_its_own_and_a_figure_its_own_key(texts: list[str], implied: list[Decimal]) -> None:
    field = replace(
        unsure(gold(), UPHELD).field(UPHELD), candidates=tuple(Candidate(text, 0.1) for text in texts), value=None
    )
    offered = choices(field, implied)
    assert len({c.key for c in offered}) == len(offered) <= len(KEYS)
    assert len({c.text for c in offered}) == len(offered)
    assert all(c.key == c.text for c in offered if c.text in KEYS)
    assert all(not c.text.startswith("-") for c in offered if c.probability is None)


def test_nothing_is_offered_for_a_cell_that_is_sure() -> None:
    assert choices(gold().field(UPHELD), (Decimal(3),)) == ()


def test_the_last_open_part_of_a_sum_is_what_the_others_leave() -> None:
    read = unsure(gold(), UPHELD)
    fields = {f.id: f for f in read.fields}
    assert implied_by_sums(identities_of(read), fields)[UPHELD] == (Decimal(3),)
    both = unsure(gold(), UPHELD, OTHER)
    assert UPHELD not in implied_by_sums(identities_of(both), {f.id: f for f in both.fields})


def test_what_the_sums_settle_takes_less_and_more_risk_gains_more() -> None:
    one = attention(check_sums(unsure(gold(), UPHELD, OTHER)))
    assert (len(one.looked_at), len(one.following)) == (1, 1)
    free = attention(check_sums(unsure(gold(), UPHELD, "litigation_direct.upheld")))
    assert free.following == ()  # each is the only open part of its sum, which was not believed
    surer = unsure(gold(), UPHELD, OTHER)
    surer = replace(surer, fields=tuple(replace(f, confidence=max(f.confidence, 0.95)) for f in surer.fields))
    assert attention(check_sums(surer)).gain < one.gain
    assert attention(gold()).gain == attention(gold()).minutes == 0


def test_keys_are_cheaper_than_typing_and_typing_than_nothing_else() -> None:
    assert CONFIRM.seconds < PICK.seconds < typed("12").seconds
    assert retyped("12").seconds == pytest.approx(3 * 0.28 + 1.35)


def test_what_a_review_found_is_counted() -> None:
    before = unsure(gold(), UPHELD, OTHER)
    then = replay(before, (value(UPHELD, "3"), value(OTHER, "4"), value(TOTAL, "9"))).report
    counts = count_right_cells(before, then)
    assert (counts["unsure"], counts["unsure_right"]) == (2, 1)
    assert counts["sure"] - counts["sure_right"] == 1


# ---------------------------------------------------------------- in the database


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    sqlite = request.param == "sqlite"
    made = Store(f"sqlite:///{tmp_path}/gouji.db" if sqlite else request.getfixturevalue("postgres"))
    made.upgrade()
    yield made
    made.close()


def test_of_many_who_ask_at_once_one_has_it(store: Store) -> None:
    with store.writing() as session:
        number = stored(session, gold())

    def ask(name: str) -> str:
        with store.writing() as session:
            return leases.hold(session, number, name).user

    with ThreadPoolExecutor(8) as pool:
        holders = set(pool.map(ask, "甲乙丙丁戊己庚辛"))
    assert len(holders) == 1


def test_of_two_who_want_a_report_one_has_it_until_it_is_let_go_or_runs_out(store: Store) -> None:
    with store.writing() as session:
        number = stored(session, gold())
        assert leases.hold(session, number, "甲").user == "甲"
        assert leases.hold(session, number, "乙").user == "甲"
        assert set(leases.held(session, [number])) == {number}
        leases.release(session, number, "乙")
        assert leases.hold(session, number, "乙").user == "甲"
        leases.release(session, number, "甲")
        session.expire_all()
        assert leases.hold(session, number, "乙").user == "乙"
        lease = session.get(Lease, number)
        assert lease is not None
        lease.until = now() - timedelta(seconds=1)
        session.flush()
        assert leases.held(session, [number]) == {}
        assert leases.hold(session, number, "甲").user == "甲"


def test_a_draft_is_what_was_done_in_order(store: Store) -> None:
    read = unsure(gold(), UPHELD, OTHER)
    done = (value(UPHELD, "3"), Action(Kind.MISSING, (UPHELD, OTHER)), Action(Kind.UNDO), value(OTHER, "0"), ALL)
    with store.writing() as session:
        number = stored(session, read)
        assert [drafts.add(session, number, "甲", read, action)[0] for action in done] == [1, 2, 3, 4, 5]
        with pytest.raises(Refused):
            drafts.add(session, number, "甲", read, value(UPHELD, "三"))
    with store.reading() as session:
        kept = drafts.rows(session, number)
        assert drafts.actions(kept) == done
        assert kept[0].before == "3"


def test_the_end_of_a_review_makes_a_version_and_an_annotation(store: Store, tmp_path: Path) -> None:
    files = Files(str(tmp_path / "files"))
    read = check_sums(unsure(gold(), UPHELD))
    with store.writing() as session:
        number = stored(session, read)
        row = session.get(ReportRow, number)
        assert row is not None
        document = session.get(Document, row.document_id)
        assert document is not None
        drafts.add(session, number, "甲", read, value(UPHELD, "3"))
        with pytest.raises(Refused, match="可信单元格未接受"):
            accept(session, files, row, document, "甲", Cost(3, 4.5))
        drafts.add(session, number, "甲", read, ALL)
        review = accept(session, files, row, document, "甲", Cost(3, 4.5))
        assert (row.state, row.to_review, review.cells, review.keystrokes) == (reports.ACCEPTED, 0, 1, 3)
        assert review.found["unsure_right"] == 1
        assert drafts.rows(session, number) == []
        kept = [version.kind for version in versions.listed(session, number)]
        assert kept == [versions.READ, versions.REVIEWED]
        newest = session.get(Version, row.version_id)
        assert newest is not None
        assert newest.author == "甲"
        annotation = collection.read(files, review)
    assert annotation is not None
    assert annotation.report.field(UPHELD).value == 3
    assert annotation.facts["reviewer"] == "甲"


def test_a_second_review_says_nothing_of_how_right_the_reading_was(store: Store, tmp_path: Path) -> None:
    files = Files(str(tmp_path / "files"))
    read = check_sums(unsure(gold(), UPHELD))
    with store.writing() as session:
        number = stored(session, read)
        row = session.get_one(ReportRow, number)
        document = session.get_one(Document, row.document_id)
        found_: list[dict[str, int]] = []
        for _ in range(2):
            drafts.add(session, number, "甲", read, value(UPHELD, "3"))
            drafts.add(session, number, "甲", read, ALL)
            found_.append(accept(session, files, row, document, "甲", Cost(3, 4.5)).found)
    assert found_[0]["unsure"] == 1
    assert not any(found_[1].values())
    with store.reading() as session:
        assert [one.whole for one in statistics.accuracies(session)] == [found_[0]["sure"], 1]


def replace_value(of: Report, field_id: str, text: str) -> Report:
    fields = (replace(f, value=Decimal(text), printed=text) if f.id == field_id else f for f in of.fields)
    return replace(of, fields=tuple(fields))
