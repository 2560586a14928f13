"""Scores on the terminal: engines side by side over all documents, by level, by table, and against an earlier run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from eval.scoring.against import Difference
from eval.scoring.metrics import METRICS

_SHOWN = {
    "field_accuracy": "as printed",
    "silent_rate": "silent",
    "review_share": "review",
    "missed_share": "missed",
}
_OF_REPORTS = {"reports_perfect": "perfect", "reports_sound": "no silent error"}
_MIN_INTERVAL_COLUMNS = 130  # columns of a terminal from which intervals find room
_STYLES = {"better": "green", "worse": "red", "chance": "dim", "same": "dim", "unknown": "dim"}


def show(scores: Mapping[str, Any], console: Console) -> None:
    """Print all tables of a run."""
    engines = scores["engines"]
    wide = console.width >= _MIN_INTERVAL_COLUMNS
    console.print(_main_table(engines, wide))
    console.print(_group_table(engines, "levels", "level", wide))
    console.print(_group_table(engines, "tables", "table", wide))
    console.print(_detail_table(engines))


def show_differences(found: Sequence[Difference], documents: int, console: Console) -> None:
    """Print significant changes, and the main metrics in any case."""
    table = Table(
        title=f"against the earlier run, over the {documents} documents of both", box=None, title_justify="left"
    )
    for heading in ("engine", "scope", "metric"):
        table.add_column(heading)
    for heading in ("old", "new", "change (95%)"):
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    for d in found:
        if d.verdict in ("better", "worse") or (d.scope == "all" and d.metric in (*_SHOWN, *_OF_REPORTS)):
            table.add_row(d.engine, d.scope, METRICS[d.metric].title, *_change(d), d.verdict, style=_STYLES[d.verdict])
    console.print(table)
    certain = sum(d.verdict in ("better", "worse") for d in found)
    console.print(
        f"{certain} of {len(found)} differences are more than chance; of that many, {len(found) * 0.05:.0f} would seem "
        "so by chance alone if nothing had changed",
        highlight=False,
    )


def percent(value: float | None, digits: int = 2) -> str:
    """Return a share in per cent."""
    return "–" if value is None else f"{100 * value:.{digits}f}%"


def with_interval(interval: Mapping[str, float | None], wide: bool = True) -> str:
    """Return a share in per cent with its 95% interval, the interval only on a `wide` terminal."""
    if not wide or interval["value"] is None or interval["low"] is None or interval["high"] is None:
        return percent(interval["value"])
    return f"{percent(interval['value'])} ({100 * interval['low']:.1f}–{100 * interval['high']:.1f})"


def _main_table(engines: Mapping[str, Any], wide: bool) -> Table:
    table = Table(title="all documents (95% intervals by bootstrap over reports)", box=None, title_justify="left")
    table.add_column("engine")
    for heading in ("documents", "fields", *_SHOWN.values(), *_OF_REPORTS.values(), "s/page"):
        table.add_column(heading, justify="right")
    for name, engine in engines.items():
        table.add_row(
            name,
            f"{engine['counts']['reports']:,}",
            f"{engine['counts']['fields']:,}",
            *(with_interval(engine["metrics"][metric], wide) for metric in (*_SHOWN, *_OF_REPORTS)),
            _seconds(engine),
        )
    return table


def _group_table(engines: Mapping[str, Any], groups: str, title: str, wide: bool) -> Table:
    """Return a row for every level or table, and every engine in it."""
    table = Table(title=f"by {title}", box=None, title_justify="left")
    table.add_column(title)
    table.add_column("engine")
    for heading in ("fields", *_SHOWN.values()):
        table.add_column(heading, justify="right")
    for group in dict.fromkeys(g for engine in engines.values() for g in engine[groups]):
        for name, engine in engines.items():
            found = engine[groups].get(group)
            if found is not None:
                metrics = (with_interval(found["metrics"][metric], wide) for metric in _SHOWN)
                table.add_row(group, name, f"{found['counts']['fields']:,}", *metrics)
    return table


def _detail_table(engines: Mapping[str, Any]) -> Table:
    """Return a row for every other metric, a column for every engine."""
    table = Table(title="everything else", box=None, title_justify="left")
    table.add_column("")
    for name in engines:
        table.add_column(name, justify="right")
    for metric, form in METRICS.items():
        if metric not in _SHOWN and metric not in _OF_REPORTS:
            table.add_row(form.title, *(with_interval(e["metrics"][metric]) for e in engines.values()))
    table.add_row("fields as printed, mean over levels", *(percent(_macro(e)) for e in engines.values()))
    table.add_row("cells found, F1 at IoU 0.5", *(percent(e["structure"]["f1_50"]) for e in engines.values()))
    table.add_row("table structure, GriTS_Top", *(percent(e["structure"]["grits_top"]) for e in engines.values()))
    table.add_row("table content, GriTS_Con", *(percent(e["structure"]["grits_con"]) for e in engines.values()))
    for kind, title in (("row", "labels of rows"), ("column", "labels of columns"), ("all", "all labels")):
        found = (percent(e["tokens"].get(kind, {}).get("f1")) for e in engines.values())
        table.add_row(f"{title} found, F1 (seqeval)", *found)
    table.add_row("calibration error (ECE)", *(percent(e["calibration"]["ece"]) for e in engines.values()))
    table.add_row("area under risk-coverage", *(percent(e["calibration"]["area"], 3) for e in engines.values()))
    return table


def _macro(engine: Mapping[str, Any]) -> float | None:
    value: float | None = engine["macro"]["field_accuracy"]["value"]
    return value


def _seconds(engine: Mapping[str, Any]) -> str:
    seconds = engine["speed"]["seconds_a_page"]
    return "–" if seconds is None else f"{seconds:.2f}"


def _change(difference: Difference) -> tuple[str, str, str]:
    change = difference.change
    if change.change is None or change.low is None or change.high is None:
        return percent(change.old), percent(change.new), "–"
    return (
        percent(change.old),
        percent(change.new),
        f"{100 * change.change:+.2f} ({100 * change.low:+.2f} … {100 * change.high:+.2f})",
    )
