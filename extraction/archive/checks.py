"""Many reports, agency by agency and year by year: do they go on from one another, and is a year missing or double?

In: reports. Out: `ArchiveCheck`s. What one year hands on to the next (`across_years` in the catalogue) is evidence for
a figure that a person must look at anyway: its confidence beside that of the other year is given, and which value the
other year speaks for. A sure reading is never questioned for it, and no report is rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise, product
from typing import NamedTuple

from extraction.archive.agencies import Agency, agencies_of
from extraction.document import Field, Report, Status
from extraction.forms.catalogue import YearIdentity, field_forms, year_identities

_SURE = frozenset({Status.READ, Status.CORRECTED, Status.INFERRED})

HOLDS = 0.95
"""How often what one report hands on is what the next one takes up, an assumption: of real reports too few are
consecutive to count. At 0.95 a neighbour alone makes nothing sure."""

BY_CHANCE = 0.2
"""How often a wrong figure is the one that the other year speaks for; most of them are small."""


class Finding(StrEnum):
    """What came of a check."""

    HOLDS = "holds"
    BROKEN = "broken"  # both years are read surely, and do not go on from one another
    UNSURE = "unsure"  # a figure of it is for review
    NOT_APPLICABLE = "not_applicable"  # a figure is blank or missing
    MISSING_YEAR = "missing_year"
    DOUBLE_YEAR = "double_year"
    UNKNOWN = "unknown"  # a report without organization or year
    MERGED = "merged"  # several spellings taken for one agency
    NOT_MERGED = "not_merged"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A field for review and what the other year says of it. `confidence` is that of its value alone, `beside` with
    the other year's; `expected` is the value that the other year speaks for."""

    report: str
    field: str
    value: Decimal | None
    expected: Decimal
    confidence: float
    beside: float


@dataclass(frozen=True, slots=True)
class ArchiveCheck:
    """One thing looked at over several reports. `check` names the rule; `note` says for a person what was found, in
    Chinese. `reports` are the files it is about, `expression` the sum with its figures."""

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
    """What an archive's checks need of a report."""

    path: str
    organization: str | None
    year: int | None
    fields: dict[str, Field]


def entry_of(report: Report) -> Entry:
    """The part of a report that is looked at here; the rest may be forgotten."""
    wanted = {i for rule in year_identities() for i in (rule.earlier, rule.later, *rule.plus, *rule.minus)}
    fields = {f.id: f for f in report.fields if f.id in wanted}
    return Entry(report.source.path, report.organization, report.year, fields)


def check_archive(entries: Sequence[Entry]) -> tuple[ArchiveCheck, ...]:
    """Every check of an archive, agency by agency."""
    years: dict[str, set[int]] = {}
    for entry in entries:
        if entry.organization:
            years.setdefault(entry.organization, set()).update({entry.year} if entry.year is not None else ())
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.organization or "", []).append(entry)

    def go_on(names: Iterable[str], others: Iterable[str]) -> bool | None:
        return _go_on([e for n in names for e in by_name[n]], [e for n in others for e in by_name[n]])

    agencies, doubts = agencies_of(years, go_on)
    found = list(_unknown(entries))
    for agency in agencies:
        found += _of_agency(agency, [entry for name in agency.spellings for entry in by_name[name]])
    for doubt in doubts:
        note = f"{'、'.join(doubt.names)}：{doubt.why}"
        found.append(ArchiveCheck("organization", "机关名称", doubt.names[0], Finding.NOT_MERGED, (), note=note))
    return tuple(found)


def _go_on(some: Sequence[Entry], others: Sequence[Entry]) -> bool | None:
    """Whether sure figures go on from a report of some to one of the others, or back; None where only zeros do, or
    no two years are consecutive."""
    held = broken = 0
    for one, other in product(some, others):
        if one.year is not None and other.year is not None and abs(one.year - other.year) == 1:
            earlier, later = sorted((one, other), key=lambda entry: entry.year or 0)
            for rule in year_identities():
                terms = _terms(rule, earlier, later)
                finding = _found(terms)
                broken += finding is Finding.BROKEN
                held += finding is Finding.HOLDS and terms[-1].value != 0
    return False if broken else held > 0 or None


def _unknown(entries: Iterable[Entry]) -> Iterator[ArchiveCheck]:
    for entry in entries:
        lacking = "、".join(
            name for name, value in (("机关名称", entry.organization), ("年份", entry.year)) if value is None
        )
        if lacking:
            note = f"报告中没有读到{lacking}，未参加跨年核对"
            yield ArchiveCheck(
                "organization", "机关名称", entry.organization or "", Finding.UNKNOWN, (entry.path,), note=note
            )


def _of_agency(agency: Agency, entries: Sequence[Entry]) -> Iterator[ArchiveCheck]:
    if len(agency.spellings) > 1:
        note = f"{'、'.join(agency.spellings)} 视为同一机关"
        paths = tuple(entry.path for entry in entries)
        yield ArchiveCheck("organization", "机关名称", agency.name, Finding.MERGED, paths, note=note)
    by_year: dict[int, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.path):
        if entry.year is not None:
            by_year.setdefault(entry.year, []).append(entry)
    yield from _sequence(agency, by_year)
    for year in sorted(by_year):
        for earlier, later in product(by_year[year], by_year.get(year + 1, ())):
            for rule in year_identities():
                if rule.earlier in earlier.fields or rule.later in later.fields:
                    yield _across(agency, rule, earlier, later)


def _sequence(agency: Agency, by_year: dict[int, list[Entry]]) -> Iterator[ArchiveCheck]:
    """Years between the first and the last that have no report, and years that have several."""
    for before, after in pairwise(sorted(by_year)):
        for year in range(before + 1, after):
            yield ArchiveCheck(
                "year_sequence", "年份连续", agency.name, Finding.MISSING_YEAR, (), (year,), note=f"缺{year}年报告"
            )
    for year, entries in sorted(by_year.items()):
        if len(entries) > 1:
            alike = all(_values(entry) == _values(entries[0]) for entry in entries)
            note = f"{year}年有{len(entries)}份报告，" + (
                "核对所用的数据相同" if alike else "数据不同，请核对是否同一机关"
            )
            paths = tuple(entry.path for entry in entries)
            yield ArchiveCheck("year_sequence", "年份连续", agency.name, Finding.DOUBLE_YEAR, paths, (year,), note=note)


def _values(entry: Entry) -> dict[str, Decimal | None]:
    return {i: field.value for i, field in entry.fields.items()}


def _across(agency: Agency, rule: YearIdentity, earlier: Entry, later: Entry) -> ArchiveCheck:
    """A rule over two reports of consecutive years."""
    terms = _terms(rule, earlier, later)
    finding = _found(terms)
    known = all(term.field is not None and term.field.value is not None for term in terms)
    expression = _expression(terms) if known and finding is not Finding.NOT_APPLICABLE else ""
    evidence = _evidence(terms) if finding is Finding.UNSURE else None
    years, paths = (earlier.year or 0, later.year or 0), (earlier.path, later.path)
    label, note = field_forms()[rule.later].label, _note(finding, years, evidence)
    return ArchiveCheck(rule.id, rule.title, agency.name, finding, paths, years, label, expression, note, evidence)


class _Term(NamedTuple):
    """A field of a rule; all of them add up to 0 where the rule holds."""

    report: str
    sign: int
    field: Field | None

    @property
    def value(self) -> Decimal:
        """With its sign; 0 where there is none."""
        return self.sign * (self.field.value or Decimal(0)) if self.field else Decimal(0)


def _terms(rule: YearIdentity, earlier: Entry, later: Entry) -> list[_Term]:
    """The fields of a rule, the one that is handed on first, what takes it up last."""
    parts = [*((i, 1) for i in rule.plus), *((i, -1) for i in rule.minus), (rule.later, -1)]
    first = _Term(earlier.path, 1, earlier.fields.get(rule.earlier))
    return [first, *(_Term(later.path, sign, later.fields.get(i)) for i, sign in parts)]


def _found(terms: Sequence[_Term]) -> Finding:
    """What came of a rule."""
    statuses = {term.field.status if term.field else Status.MISSING for term in terms}
    if not statuses <= {*_SURE, Status.REVIEW}:
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
    """What the sure figures of a rule say of the one for review; None where there are several."""
    doubted = [term for term in terms if term.field is not None and term.field.status is Status.REVIEW]
    if len(doubted) != 1 or doubted[0].field is None:
        return None
    (term,), field = doubted, doubted[0].field
    expected = -term.sign * sum((other.value for other in terms if other is not term), Decimal(0))
    beside = beside_neighbour(field.confidence, agrees=field.value == expected)
    return Evidence(term.report, field.id, field.value, expected, field.confidence, beside)


def beside_neighbour(confidence: float, *, agrees: bool) -> float:
    """The probability (0..1) that a value is right whose probability alone is known, given what the other year says."""
    right, wrong = (HOLDS, BY_CHANCE) if agrees else (1 - HOLDS, 1 - BY_CHANCE)
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
