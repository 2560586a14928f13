"""The measurements as tables for the terminal."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence

from rich.table import Table

from eval.bench.engines import GOUJI
from eval.bench.growth import Grown, Point
from eval.bench.processes import Start
from eval.bench.timing import Timing


def file_table(timings: Sequence[Timing], others: Sequence[str]) -> Table:
    """Return a row for every file and page with a table: processor seconds a page, and their ratio to Gouji's."""
    columns = [f"{name} CPU s/page" for name in (GOUJI, *others)] + [f"{name} / gouji" for name in others]
    table = Table("file", "kind", "pages", *columns, box=None, title_justify="left")
    for timing in timings:
        table.add_row(
            f"{timing.name} ({timing.part})",
            timing.kind,
            str(timing.pages),
            *(_spread(timing.per_page(name), ".3f") for name in (GOUJI, *others)),
            *(_spread(timing.ratios(name), ".1f") for name in others),
        )
    table.caption = "median (least - most) over rounds"
    return table


def kind_table(timings: Sequence[Timing], others: Sequence[str]) -> Table:
    """Return whole reports and pages with tables by kind: all seconds over all pages, and the spread over files or
    pages."""
    table = Table("", "number", "pages", box=None, title="together", title_justify="left")
    for heading in (f"{GOUJI} CPU s/page", "pages a CPU s", *(f"{name} / gouji" for name in others)):
        table.add_column(heading, justify="right")
    groups: defaultdict[str, list[Timing]] = defaultdict(list)
    for timing in timings:
        groups[f"{timing.kind}, {timing.part}"].append(timing)
    for group, members in groups.items():
        pages = sum(t.pages for t in members)
        own = sum(statistics.median(t.per_page(GOUJI)) * t.pages for t in members) / pages
        table.add_row(
            group,
            str(len(members)),
            str(pages),
            f"{own:.3f}",
            f"{1 / own:.2f}",
            *(_group_ratio(members, name, own * pages) for name in others),
        )
    table.caption = "ratio of all seconds (least - most of a file's or page's median)"
    return table


def _group_ratio(members: Sequence[Timing], name: str, own: float) -> str:
    if not all(t.per_page(name) for t in members):
        return "–"
    other = sum(statistics.median(t.per_page(name)) * t.pages for t in members)
    each = [statistics.median(t.ratios(name)) for t in members]
    return f"{other / own:.1f} ({min(each):.1f} - {max(each):.1f})"


def stage_table(timings: Sequence[Timing]) -> Table:
    """Return Gouji's processor milliseconds a page by stage, over whole reports, for each kind."""
    whole = [t for t in timings if t.part == "report"]
    kinds = list(dict.fromkeys(t.kind for t in whole))
    pages = {kind: sum(t.pages for t in whole if t.kind == kind) for kind in kinds}
    spent: dict[str, defaultdict[str, float]] = {kind: defaultdict(float) for kind in kinds}
    for timing in whole:
        for stage, seconds in timing.stages.items():
            spent[timing.kind][stage] += 1000 * seconds / pages[timing.kind]
    table = Table("stage", box=None, title="gouji by stage", title_justify="left")
    for kind in kinds:
        table.add_column(f"{kind} ms/page", justify="right")
        table.add_column("share", justify="right")
    stages = sorted({s for kind in kinds for s in spent[kind]}, key=lambda s: -sum(spent[k][s] for k in kinds))
    for stage in stages:
        cells = ((spent[k][stage], spent[k][stage] / max(1e-9, sum(spent[k].values()))) for k in kinds)
        table.add_row(stage, *(text for value, share in cells for text in (f"{value:.0f}", f"{share:.0%}")))
    return table


def start_table(starts: Sequence[Start]) -> Table:
    """Return time and memory of new processes until they have read a page."""
    table = Table(
        "engine", "page", box=None, title="from the start of a process to its first page", title_justify="left"
    )
    for heading in ("s on the clock", "CPU s", "peak MB"):
        table.add_column(heading, justify="right")
    for start in starts:
        peak = max(r.peak for r in start.rounds)
        table.add_row(
            start.engine,
            start.kind,
            _spread([r.wall for r in start.rounds], ".1f"),
            _spread([r.cpu for r in start.rounds], ".1f"),
            f"{peak:.0f}" if peak else "–",
        )
    return table


def growth_tables(growth: Sequence[Grown]) -> list[Table]:
    """Return time and memory by pages of a document, by pages read, and by workers, for each kind."""
    tables: list[Table] = []
    for grown in growth:
        for what, points in (("one document", grown.documents), ("one process, report after report", grown.process)):
            table = Table("pages", box=None, title=f"{grown.kind} {grown.file}: {what}", title_justify="left")
            for heading in ("CPU s", "CPU s/page", "CPU s a further page", "MB held", "peak MB"):
                table.add_column(heading, justify="right")
            for before, point in zip((None, *points), points, strict=False):
                table.add_row(
                    str(point.pages),
                    f"{point.spent.cpu:.1f}",
                    f"{point.spent.cpu / point.pages:.3f}",
                    f"{_further(before, point):.3f}" if before else "",
                    f"{point.spent.held:.0f}",
                    f"{point.spent.peak:.0f}",
                )
            tables += [table] if points else []
        tables.append(_worker_table(grown))
    return tables


def _further(before: Point, point: Point) -> float:
    return (point.spent.cpu - before.spent.cpu) / (point.pages - before.pages)


def _worker_table(grown: Grown) -> Table:
    title = f"{grown.kind} {grown.file}: gouji convert of {grown.files_converted} copies"
    table = Table("workers", box=None, title=title, title_justify="left")
    for heading in ("s on the clock", "CPU s", "times as fast"):
        table.add_column(heading, justify="right")
    first = next(iter(grown.workers.values())).wall
    for count, spent in grown.workers.items():
        table.add_row(str(count), f"{spent.wall:.1f}", f"{spent.cpu:.1f}", f"{first / spent.wall:.2f}")
    return table


def _spread(values: Sequence[float], form: str) -> str:
    if len(values) < 2:
        return f"{values[0]:{form}}" if values else "–"
    return f"{statistics.median(values):{form}} ({min(values):{form}} - {max(values):{form}})"
