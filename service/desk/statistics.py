"""The numbers of the dashboard, counted over all reports and reviews in the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from extraction.archive.agencies import group_agencies
from models.gate.intervals import Interval, resamples, share_interval
from service.desk.titles import kind_title, reason_title
from service.store import jobs
from service.store import reports as store_reports
from service.store.reports import ACCEPTED, CHECK
from service.store.tables import Finding, ReportRow, Review

UNKNOWN_AGENCY = "（机关不详）"


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of the work. `jobs` are counts by state."""

    reports: int
    accepted: int
    open_cells: int
    minutes: float
    jobs: dict[str, int]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many of the reviewed cells had been read right, with the 95% interval of the share."""

    title: str
    right: int
    whole: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians of the cost of reviews, and their number."""

    reviews: int
    seconds: float
    keystrokes: float
    cells: float


@dataclass(frozen=True, slots=True)
class Failed:
    """How many sums of a kind fail: in print, as far as is known, and unresolved ones."""

    title: str
    in_print: int
    unsettled: int


@dataclass(frozen=True, slots=True)
class YearCell:
    """One agency in one year: its reports and their state."""

    state: str  # accepted, clear, open, double, gap, outside
    reports: tuple[ReportRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Matrix:
    """Agencies by years; a row is an agency's name with its cells. `count` is the number of agencies, `rows` a page."""

    years: tuple[int, ...]
    count: int
    rows: tuple[tuple[str, tuple[YearCell, ...]], ...]
    undated: tuple[ReportRow, ...]


def progress(session: Session) -> Progress:
    """Progress over all reports."""
    by_state = select(ReportRow.state, func.count()).group_by(ReportRow.state)
    states = {state: count for state, count in session.execute(by_state)}  # noqa: C416  # rows are no pairs to mypy
    waiting = select(func.sum(ReportRow.to_review), func.sum(ReportRow.minutes)).where(ReportRow.state != ACCEPTED)
    cells, minutes = session.execute(waiting).one()
    return Progress(sum(states.values()), states.get(ACCEPTED, 0), cells or 0, minutes or 0.0, jobs.counts(session))


def accuracies(session: Session) -> tuple[Accuracy, ...]:
    """Accuracy over all reviews: of sure cells, and of the first candidates of unsure ones."""
    found = session.scalars(select(Review.found)).all()
    drawn = resamples(len(found))
    return tuple(
        Accuracy(
            title,
            sum(one.get(f"{kind}_right", 0) for one in found),
            sum(one.get(kind, 0) for one in found),
            share_interval(_counts(found, f"{kind}_right"), _counts(found, kind), drawn),
        )
        for kind, title in (("sure", "可信单元格"), ("unsure", "须核对单元格的首选读数"))
    )


def _counts(found: Sequence[dict[str, int]], name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([one.get(name, 0) for one in found], np.float64)


def cost(session: Session) -> Cost | None:
    """The cost of the reviews so far, None before the first."""
    taken = session.scalars(select(Review)).all()
    if not taken:
        return None
    columns = ([r.seconds for r in taken], [r.keystrokes for r in taken], [r.cells for r in taken])
    return Cost(len(taken), *(float(median(column)) for column in columns))


def failed(session: Session) -> tuple[Failed, ...]:
    """Failed sums by their kind, the most frequent first."""
    query = select(Finding.subject, Finding.status, func.count()).where(Finding.kind == CHECK)
    counts: Counter[tuple[str, bool]] = Counter()
    for subject, status, count in session.execute(query.group_by(Finding.subject, Finding.status)):
        counts[kind_title(subject), status == "source_inconsistent"] += count
    titles = {title for title, _ in counts}
    found = [Failed(title, counts[title, True], counts[title, False]) for title in titles]
    return tuple(sorted(found, key=lambda f: (-f.in_print - f.unsettled, f.title)))


def reasons(session: Session) -> tuple[tuple[str, int], ...]:
    """Why fields of open reports have status review, in Chinese, and how many fields each reason concerns; the most
    frequent first."""
    counts: Counter[str] = Counter()
    open_reports = select(ReportRow.id).where(ReportRow.state != ACCEPTED)
    for found in store_reports.reasons(session, session.scalars(open_reports).all()).values():
        counts.update(found)
    return tuple((reason_title(code), count) for code, count in counts.most_common())


def matrix(session: Session, first: int, most: int) -> Matrix:
    """Agencies by all years that any reports on; `most` agencies from number `first`, counted from 0."""
    rows = session.scalars(select(ReportRow).order_by(ReportRow.id)).all()
    agencies = reports_of_agencies([row for row in rows if row.year is not None])
    years = sorted({row.year or 0 for own in agencies.values() for row in own})
    every = tuple(range(years[0], years[-1] + 1)) if years else ()
    shown = [
        (name, tuple(_year_cell(year, own) for year in every))
        for name, own in [*agencies.items()][first : first + most]
    ]
    return Matrix(every, len(agencies), tuple(shown), tuple(row for row in rows if row.year is None))


def reports_of_agencies(dated: Iterable[ReportRow]) -> dict[str, list[ReportRow]]:
    """The reports of each agency by name, sorted; spellings of one agency are merged."""
    by_name: dict[str, list[ReportRow]] = {}
    for row in dated:
        by_name.setdefault(row.organization or UNKNOWN_AGENCY, []).append(row)
    agencies, _ = group_agencies({name: {row.year or 0 for row in rows} for name, rows in by_name.items()})
    return {agency.name: [row for name in agency.spellings for row in by_name[name]] for agency in agencies}


def _year_cell(year: int, own: Sequence[ReportRow]) -> YearCell:
    here = tuple(row for row in own if row.year == year)
    reported = [row.year or 0 for row in own]
    if not here:
        return YearCell("gap" if min(reported) < year < max(reported) else "outside")
    if len(here) > 1:
        return YearCell("double", here)
    row = here[0]
    if row.state == ACCEPTED:
        return YearCell("accepted", here)
    return YearCell("open" if row.to_review or row.failed_checks else "clear", here)
