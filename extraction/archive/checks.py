"""Check an archive agency by agency: figures carried from year to year, and years missing or reported twice.

In: the `Entry`s of reports. Out: `ArchiveCheck`s. A figure carried from one year to the next (`across_years` in the
catalogue) is evidence for a figure that is for review anyway: the check gives the value that the other year implies and
the confidence updated by it. Accepted readings are never put in doubt by it, and no report is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise, product
from typing import NamedTuple

from extraction.archive.agencies import Agency, group_agencies
from extraction.document import Field, Report, Status
from extraction.forms.catalogue import YearIdentity, field_forms, year_identities

_ACCEPTED = frozenset({Status.READ, Status.CORRECTED, Status.INFERRED})

P_CARRIED_OVER = 0.95
"""Probability that a figure is carried over unchanged. Assumed: too few real reports are of consecutive years to
measure it. At 0.95 the other year alone makes no figure certain."""

P_AGREES_BY_CHANCE = 0.2
"""Probability that a wrong reading is the value that the other year implies (most such values are small). Assumed."""


class Finding(StrEnum):
    """The result of a check."""

    HOLDS = "holds"
    BROKEN = "broken"  # the figures of both years are accepted and contradict each other
    UNSURE = "unsure"  # a figure in it is for review
    NOT_APPLICABLE = "not_applicable"  # a figure is blank or missing
    MISSING_YEAR = "missing_year"
    DOUBLE_YEAR = "double_year"
    UNKNOWN = "unknown"  # a report without organization or year
    MERGED = "merged"  # several names taken for one agency
    NOT_MERGED = "not_merged"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the other year says of a field for review.

    `expected` is the value that the other year implies. `confidence` is the probability (0..1) of `value` without the
    other year, `updated` with it.
    """

    report: str
    field: str
    value: Decimal | None
    expected: Decimal
    confidence: float
    updated: float


@dataclass(frozen=True, slots=True)
class ArchiveCheck:
    """One check over several reports.

    `check` is the id of the rule, `reports` are the paths it is about, `expression` is the sum with its figures, and
    `note` the result in Chinese.
    """

    check: str
    title: str
    organization: str
    finding: Finding
    reports: tuple[str, ...]
    years: tuple[int, ...] = ()
    label: str = ""
    expression: str = ""
    note: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the checks need of a report: its path and head, and its fields that take part in a rule."""

    path: str
    organization: str | None
    year: int | None
    fields: dict[str, Field]


def entry_of(report: Report) -> Entry:
    """The entry of a report; the rest of the report is not needed."""
    wanted = {i for rule in year_identities() for i in (rule.earlier, rule.later, *rule.plus, *rule.minus)}
    fields = {f.id: f for f in report.fields if f.id in wanted}
    return Entry(report.source.path, report.organization, report.year, fields)


def check_archive(entries: Sequence[Entry]) -> tuple[ArchiveCheck, ...]:
    """All checks of an archive: unknown heads, then agency by agency, then names that were not merged."""
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.organization or "", []).append(entry)

    def continues(names: Iterable[str], others: Iterable[str]) -> bool | None:
        return _continues([e for n in names for e in by_name[n]], [e for n in others for e in by_name[n]])

    years = {name: {e.year for e in some if e.year is not None} for name, some in by_name.items() if name}
    agencies, ambiguous = group_agencies(years, continues)
    found = list(_unknown(entries))
    for agency in agencies:
        found += _of_agency(agency, [entry for name in agency.spellings for entry in by_name[name]])
    for names in ambiguous:
        found.append(_name_check(names.names[0], Finding.NOT_MERGED, (), f"{'、'.join(names.names)}：{names.reason}"))
    return tuple(found)


def _continues(some: Sequence[Entry], others: Sequence[Entry]) -> bool | None:
    """Whether accepted figures are carried over between reports of `some` and of `others`, of consecutive years.

    None where only zeros are, or no two years are consecutive.
    """
    held = broken = 0
    for one, other in product(some, others):
        if one.year is not None and other.year is not None and abs(one.year - other.year) == 1:
            earlier, later = (one, other) if one.year < other.year else (other, one)
            for rule in year_identities():
                terms = _terms(rule, earlier, later)
                finding = _found(terms)
                broken += finding is Finding.BROKEN
                held += finding is Finding.HOLDS and terms[-1].value != 0
    return False if broken else held > 0 or None


def _name_check(organization: str, finding: Finding, reports: tuple[str, ...], note: str) -> ArchiveCheck:
    return ArchiveCheck("organization", "机关名称", organization, finding, reports, note=note)


def _unknown(entries: Iterable[Entry]) -> Iterator[ArchiveCheck]:
    for entry in entries:
        read = {"机关名称": entry.organization, "年份": entry.year}
        if lacking := "、".join(name for name, value in read.items() if value is None):
            note = f"报告中没有读到{lacking}，未参加跨年核对"
            yield _name_check(entry.organization or "", Finding.UNKNOWN, (entry.path,), note)


def _of_agency(agency: Agency, entries: Sequence[Entry]) -> Iterator[ArchiveCheck]:
    if len(agency.spellings) > 1:
        note = f"{'、'.join(agency.spellings)} 视为同一机关"
        yield _name_check(agency.name, Finding.MERGED, tuple(entry.path for entry in entries), note)
    by_year: dict[int, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.path):
        if entry.year is not None:
            by_year.setdefault(entry.year, []).append(entry)
    yield from _year_sequence(agency.name, by_year)
    for year in sorted(by_year):
        for earlier, later in product(by_year[year], by_year.get(year + 1, ())):
            for rule in year_identities():
                if rule.earlier in earlier.fields or rule.later in later.fields:
                    yield _across(agency, rule, earlier, later)


def _year_sequence(name: str, by_year: dict[int, list[Entry]]) -> Iterator[ArchiveCheck]:
    """Years between the first and the last without a report, and years with several."""

    def check(finding: Finding, year: int, reports: tuple[str, ...], note: str) -> ArchiveCheck:
        return ArchiveCheck("year_sequence", "年份连续", name, finding, reports, (year,), note=note)

    for before, after in pairwise(sorted(by_year)):
        for year in range(before + 1, after):
            yield check(Finding.MISSING_YEAR, year, (), f"缺{year}年报告")
    for year, entries in sorted(by_year.items()):
        if len(entries) > 1:
            alike = all(_values(entry) == _values(entries[0]) for entry in entries)
            said = "核对所用的数据相同" if alike else "数据不同，请核对是否同一机关"
            note = f"{year}年有{len(entries)}份报告，{said}"
            yield check(Finding.DOUBLE_YEAR, year, tuple(entry.path for entry in entries), note)


def _values(entry: Entry) -> dict[str, Decimal | None]:
    return {i: field.value for i, field in entry.fields.items()}


def _across(agency: Agency, rule: YearIdentity, earlier: Entry, later: Entry) -> ArchiveCheck:
    """The check of a rule over two reports of consecutive years."""
    terms = _terms(rule, earlier, later)
    finding = _found(terms)
    known = all(term.field is not None and term.field.value is not None for term in terms)
    expression = _expression(terms) if known and finding is not Finding.NOT_APPLICABLE else ""
    evidence = _evidence(terms) if finding is Finding.UNSURE else None
    years, paths = (earlier.year or 0, later.year or 0), (earlier.path, later.path)
    label, note = field_forms()[rule.later].label, _note(finding, years, evidence)
    return ArchiveCheck(rule.id, rule.title, agency.name, finding, paths, years, label, expression, note, evidence)


class _Term(NamedTuple):
    """A field of a rule with its sign; where the rule holds, the terms add up to 0."""

    report: str
    sign: int
    field: Field | None

    @property
    def value(self) -> Decimal:
        """The field's value times the sign, 0 where it has none."""
        return self.sign * (self.field.value or Decimal(0)) if self.field else Decimal(0)


def _terms(rule: YearIdentity, earlier: Entry, later: Entry) -> list[_Term]:
    """The terms of a rule: first the figure carried out of the earlier year, last the one carried into the later."""
    parts = [*((i, 1) for i in rule.plus), *((i, -1) for i in rule.minus), (rule.later, -1)]
    first = _Term(earlier.path, 1, earlier.fields.get(rule.earlier))
    return [first, *(_Term(later.path, sign, later.fields.get(i)) for i, sign in parts)]


def _found(terms: Sequence[_Term]) -> Finding:
    """The finding of a rule over its terms."""
    statuses = {term.field.status if term.field else Status.MISSING for term in terms}
    if not statuses <= {*_ACCEPTED, Status.REVIEW}:
        return Finding.NOT_APPLICABLE
    if Status.REVIEW in statuses:
        return Finding.UNSURE
    return Finding.HOLDS if _holds(terms) else Finding.BROKEN


def _holds(terms: Sequence[_Term]) -> bool:
    return sum((term.value for term in terms), Decimal(0)) == 0


def _expression(terms: Sequence[_Term]) -> str:
    *left, right = terms
    added = "".join(f" {'-' if term.sign < 0 else '+'} {abs(term.value):f}" for term in left).removeprefix(" + ")
    return f"{added} {'=' if _holds(terms) else '≠'} {abs(right.value):f}"


def _evidence(terms: Sequence[_Term]) -> Evidence | None:
    """What the accepted figures of a rule say of the one for review; None where several are for review."""
    reviewed = [(term, term.field) for term in terms if term.field and term.field.status is Status.REVIEW]
    if len(reviewed) != 1:
        return None
    ((term, field),) = reviewed
    expected = -term.sign * sum((other.value for other in terms if other is not term), Decimal(0))
    updated = updated_confidence(field.confidence, agrees=field.value == expected)
    return Evidence(term.report, field.id, field.value, expected, field.confidence, updated)


def updated_confidence(confidence: float, *, agrees: bool) -> float:
    """The probability (0..1) that a value is right after the other year was seen, by Bayes' rule.

    `confidence` is the probability before; `agrees` says whether the value is the one that the other year implies.
    """
    right, wrong = (P_CARRIED_OVER, P_AGREES_BY_CHANCE) if agrees else (1 - P_CARRIED_OVER, 1 - P_AGREES_BY_CHANCE)
    chance = confidence * right + (1 - confidence) * wrong
    return confidence * right / chance if chance else 0.0


def _note(finding: Finding, years: tuple[int, int], evidence: Evidence | None) -> str:
    earlier, later = years
    if finding is Finding.BROKEN:
        return f"{earlier}年与{later}年的报告对不上，两处读数都确定，按原文保留"
    if evidence is not None:
        value = "无法识别" if evidence.value is None else f"{evidence.value:f}"
        says = "相符" if evidence.value == evidence.expected else "不符"
        return f"待核读数为{value}，按另一年应为{evidence.expected:f}，{says}；请人工核对，未改动"
    if finding is Finding.UNSURE:
        return "有读数待核，请人工核对"
    return ""
