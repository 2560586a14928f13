"""Replay a reviewer's actions on a report: the report as it is then, and what still needs a decision.

A pure function of report and actions: the server replays them after every action, and undoing is leaving one out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extraction.document import Check, Explanation, Field, Report, Status, Verdict
from extraction.figures import Figure, Unit, parse_figure
from extraction.forms.catalogue import Identity, field_forms
from extraction.forms.identities import evaluate, identities_of, sum_text
from service.review.actions import Action, Kind, Refused, standing

_POSSIBLE_YEARS = range(2008, 2100)  # the regulation that requires the reports took effect in 2008


@dataclass(frozen=True, slots=True)
class ReviewState:
    """A report under review.

    `report` has every decision applied. `decided` are the ids of fields that a person decided one by one;
    `accepted_all` whether the sure ones were accepted together; `confirmed` the ids of sums confirmed to fail in print.
    """

    report: Report
    decided: frozenset[str] = frozenset()
    accepted_all: bool = False
    confirmed: frozenset[str] = frozenset()

    @property
    def open_fields(self) -> tuple[str, ...]:
        """Ids of fields that still need a decision, in the form's order."""
        return tuple(f.id for f in self.report.fields if f.status is Status.REVIEW)

    @property
    def open_checks(self) -> tuple[str, ...]:
        """Ids of sums that fail with all their figures decided and are not confirmed to fail in print."""
        return tuple(
            c.id for c in self.report.checks if c.verdict is Verdict.SOURCE_INCONSISTENT and c.id not in self.confirmed
        )

    @property
    def finished(self) -> bool:
        """Whether the review can be accepted."""
        return self.report.template is not None and self.accepted_all and not self.open_fields and not self.open_checks


def replay(read: Report, actions: Sequence[Action]) -> ReviewState:
    """The review after these actions. Raises `Refused` where one cannot be applied."""
    first = {f.id: f for f in read.fields}
    fields = dict(first)
    report, decided, accepted_all = read, set[str](), False
    confirmed: dict[str, str] = {}
    for action in standing(actions):
        match action.kind:
            case Kind.ACCEPT_ALL:
                accepted_all = True
            case Kind.HEADING:
                report = _with_heading(report, action)
            case Kind.SOURCE_ERROR:
                confirmed |= dict.fromkeys(action.targets, action.text)
            case _:
                for target in action.targets:
                    fields[target] = decide(_known(first, target), action)
                    decided.add(target)
    report = replace(report, fields=tuple(fields[f.id] for f in read.fields))
    checks = _rechecked(read, report)
    said = {c.id: c.expression for c in checks}
    return ReviewState(
        replace(report, checks=tuple(_confirmed(c) if confirmed.get(c.id) == said[c.id] else c for c in checks)),
        frozenset(decided),
        accepted_all,
        frozenset(c.id for c in checks if c.holds is False and confirmed.get(c.id) == said[c.id]),
    )


def replay_with(read: Report, actions: Sequence[Action], action: Action) -> ReviewState:
    """The review after one more action. Raises `Refused` where that action is not possible now."""
    if not _fits(action):
        raise Refused("这一步没有指明单元格，或指明得太多")
    if action.kind is Kind.UNDO and not standing(actions):
        raise Refused("没有可撤销的操作")
    if action.kind is Kind.SOURCE_ERROR:
        now = replay(read, actions)
        failing = {c.id: c.expression for c in now.report.checks if c.id in now.open_checks}
        if [failing.get(i) for i in action.targets] != [action.text]:
            raise Refused("这条勾稽关系现在并非不符，或仍有单元格未核对")
    return replay(read, (*actions, action))


def _fits(action: Action) -> bool:
    """Whether the action has as many targets as its kind takes."""
    if action.kind in (Kind.ACCEPT_ALL, Kind.UNDO):
        return not action.targets
    return len(action.targets) == 1 or (action.kind is Kind.MISSING and bool(action.targets))


def decide(field: Field, action: Action) -> Field:
    """A field, as it was read, with a reviewer's decision applied. Raises `Refused` for text that is not a figure.

    Earlier decisions play no part: only the reading shows the unit of a number without one in this cell.
    """
    if action.kind is Kind.MISSING:
        return replace(field, value=None, printed="", status=Status.MISSING, confidence=1.0, candidates=())
    if action.kind is Kind.BLANK:
        return replace(field, value=None, printed=action.text, status=Status.BLANK, confidence=1.0, candidates=())
    value = figure_in(field, action.text)
    reading = field.printed if field.reading is None else field.reading
    first = None if reading == action.text or not reading else reading
    return replace(
        field, value=value, printed=action.text, status=Status.READ, confidence=1.0, reading=first, candidates=()
    )


def figure_in(field: Field, text: str) -> Decimal:
    """The value of `text` in a field's cell, in the unit of the form. Raises `Refused` for text that is not a figure.

    A number without a unit has that of the reading: a report may head a column with 元 where the form has 万元.
    """
    figure = parse_figure(text)
    if figure is None:
        raise Refused(f"“{text}” 不是一个数字")
    if figure.blank:
        raise Refused("没有数字：空白单元格请用“空白”记录")
    try:
        value = replace(figure, unit=figure.unit or _printed_unit(field)).in_unit(field_forms()[field.id].unit)
    except ValueError as error:
        raise Refused(f"“{text}” 的单位与此格不符") from error
    assert value is not None
    return value


def _printed_unit(field: Field) -> Unit:
    """The unit of a number printed without one in this cell, inferred from its readings: the form's, or 元 for 万元."""
    own = field_forms()[field.id].unit
    for text in (field.printed, field.reading or ""):
        figure = parse_figure(text)
        if figure is None or not figure.value or figure.unit is not None or field.value in (None, figure.value):
            continue
        if (unit := next((unit for unit in Unit if _reads(figure.value, unit, field)), None)) is not None:
            return unit
    return own


def _reads(number: Decimal, unit: Unit, field: Field) -> bool:
    try:
        return Figure(number, unit).in_unit(field_forms()[field.id].unit) == field.value
    except ValueError:
        return False


def explained(identity: Identity, fields: Mapping[str, Field]) -> str:
    """Why a sum does not hold, in Chinese; "" where it holds or cannot be computed for a blank or missing cell."""
    left, right = ([fields[i] for i in side] for side in (identity.left, identity.right))
    unread = [f for f in (*left, *right) if f.value is None]
    if any(f.status is Status.REVIEW for f in unread):
        return f"尚缺 {len(unread)} 个数字，暂不能验算"
    if unread:
        return ""
    sums = [sum(f.value or 0 for f in side) for side in (left, right)]
    if sums[0] == sums[1]:
        return ""
    said = [
        f"{sum_text(side)} = {total}" if len(side) > 1 else f"{total}"
        for side, total in zip((left, right), sums, strict=True)
    ]
    return f"{said[0]}，而右边 {said[1]}，相差 {abs(sums[0] - sums[1])}（左边{'多' if sums[0] > sums[1] else '少'}）"


def _known(fields: Mapping[str, Field], target: str) -> Field:
    if target not in fields:
        raise Refused(f"报告里没有 {target} 这一格")
    return fields[target]


def _with_heading(report: Report, action: Action) -> Report:
    text = action.text.strip()
    if action.targets == ("organization",) and text:
        return replace(report, organization=text)
    if action.targets == ("year",) and text.isascii() and text.isdigit() and int(text) in _POSSIBLE_YEARS:
        return replace(report, year=int(text))
    raise Refused("机关名称不能为空，年度应为四位数字")


def _rechecked(read: Report, now: Report) -> tuple[Check, ...]:
    """The checks over the present fields; the check of a sum whose figures did not change is kept as it was."""
    first, last = {f.id: f for f in read.fields}, {f.id: f for f in now.fields}
    found = {c.id: c for c in read.checks}
    return tuple(
        found[identity.id]
        if identity.id in found and all(first[i] == last[i] for i in (*identity.left, *identity.right))
        else _evaluated(identity, last)
        for identity in identities_of(now)
    )


def _evaluated(identity: Identity, fields: Mapping[str, Field]) -> Check:
    check = evaluate(identity, fields)
    said = explained(identity, fields) if check.holds is False else ""
    return replace(check, explanation=Explanation(said, f"{check.expression} does not hold")) if said else check


def _confirmed(check: Check) -> Check:
    """The check of a sum that a person compared with the page: it fails in print."""
    if check.holds is not False:
        return check
    zh = f"{check.expression} 不成立，经人工核对，是报告原文不符，保留原文。"
    en = f"{check.expression} does not hold in print, as a person has confirmed."
    return replace(check, verdict=Verdict.SOURCE_INCONSISTENT, explanation=Explanation(zh, en))
