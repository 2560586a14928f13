"""The tables of `docs/benchmark.md` from a run, printed to be pasted: `python -m eval.markdown OUT/scores.json`.

Every figure is from `scores.json`; silent errors are given as a number beside their rate, since it must be 0.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.report.table import percent, with_interval
from eval.scoring.against import read_scores
from extraction.errors import UsageError

_NAMES = {
    "gouji": "Gouji",
    "rapidocr-page": "whole-page RapidOCR",
    "paddleocr-page": "whole-page PaddleOCR",
    "tesseract-page": "whole-page Tesseract",
    "pdfplumber": "pdfplumber (digital only)",
}
_LEVELS = ("digital", "clean", "office", "stamped", "skewed", "faint", "phone", "poor", "fax", "worn")
_BY_LEVEL = {
    "field_accuracy": "As printed (best guesses too)",
    "accepted_right": "As printed and accepted",
    "silent_rate": "Silent errors",
    "review_share": "For review",
    "ece": "Calibration error (ECE)",
}


def main(arguments: Sequence[str]) -> int:
    """Print the tables of one run; return exit code 2 where there is none."""
    return print_tables(arguments, "eval.markdown", markdown)


def print_tables(arguments: Sequence[str], module: str, tables: Callable[[Mapping[str, Any]], Iterator[str]]) -> int:
    """Run the command `python -m MODULE OUT/scores.json`: print the tables of one run; exit code 2 where there is
    none."""
    if len(arguments) != 1:
        print(f"usage: python -m {module} OUT/scores.json", file=sys.stderr)
        return 2
    try:
        scores = read_scores(Path(arguments[0]))
    except UsageError as error:
        print(f"gouji: {error}", file=sys.stderr)
        return 2
    print("\n".join(tables(scores)))
    return 0


def markdown(scores: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines: what was run, all documents, then a table by level for each of the main metrics."""
    engines: Mapping[str, Any] = scores["engines"]
    yield from _about(scores)
    yield from ("", *_main_table(engines))
    for metric, title in _BY_LEVEL.items():
        yield from ("", f"{title}, by level:", "", *_level_table(engines, metric))
    yield from ("", "Read at all, structure and time:", "", *_detail_table(engines))


def _about(scores: Mapping[str, Any]) -> Iterator[str]:
    dataset = scores["dataset"]
    yield from ("```sh", scores["command"], "```", "")
    levels = f"{len(dataset['levels'])} level{'s' if len(dataset['levels']) > 1 else ''}"
    yield (
        f"{dataset['reports']:,} reports of {levels}, {dataset['fields']:,} fields, gold `{dataset['id']}`. Gouji "
        f"{scores['versions'].get('gouji', '?')}. 95% intervals by bootstrap over reports."
    )


def _main_table(engines: Mapping[str, Any]) -> Iterator[str]:
    yield from head("engine", "as printed", "silent errors", "for review", "missed", "reports without silent error")
    for name, engine in engines.items():
        metrics = engine["metrics"]
        shares = [with_interval(metrics[m]) for m in ("review_share", "missed_share", "reports_sound")]
        yield row(_name(name), with_interval(metrics["field_accuracy"]), _silent(engine), *shares)


def _level_table(engines: Mapping[str, Any], metric: str) -> Iterator[str]:
    levels = {level for engine in engines.values() for level in engine["levels"]}
    ordered = [*(level for level in _LEVELS if level in levels), *sorted(levels.difference(_LEVELS))]
    yield from head("level", "fields", *map(_name, engines))
    for level in ordered:
        found = [engine["levels"].get(level) for engine in engines.values()]
        fields = max(f["counts"]["fields"] for f in found if f)
        yield row(level, f"{fields:,}", *(_cell(f, metric) for f in found))


def _detail_table(engines: Mapping[str, Any]) -> Iterator[str]:
    yield from head("engine", "documents read", "organization", "year", "sections", "GriTS_Con", "ECE", "s/page")
    for name, engine in engines.items():
        metrics, seconds = engine["metrics"], engine["speed"]["seconds_a_page"]
        yield row(
            _name(name),
            *(percent(metrics[m]["value"], 1) for m in ("reports_read", "organization", "year", "section_recall")),
            percent(engine["structure"]["grits_con"], 1),
            percent(engine["calibration"]["ece"], 1),
            "–" if seconds is None else f"{seconds:.1f}",
        )


def _cell(found: Mapping[str, Any] | None, metric: str) -> str:
    if found is None:
        return "–"
    if metric == "ece":
        return percent(found["calibration"]["ece"])
    if metric == "silent_rate":
        return _silent(found, interval=False)
    return percent(found["metrics"][metric]["value"], 1)


def _silent(found: Mapping[str, Any], *, interval: bool = True) -> str:
    share = found["metrics"]["silent_rate"]
    number = f"{found['counts']['silent']:,}"
    return f"{number}: {with_interval(share)}" if interval else f"{number} ({percent(share['value'])})"


def _name(engine: str) -> str:
    return _NAMES.get(engine, engine)


def head(*cells: str) -> Iterator[str]:
    """Yield the header and separator lines of a table."""
    yield row(*cells)
    yield row(*("---" for _ in cells))


def row(*cells: str) -> str:
    """Return a line of a table."""
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
