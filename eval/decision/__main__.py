"""The thresholds of `[decision]`, each at the value that accepts most with silent errors below a stated rate.

    python -m training.synthetic DEV --split dev --reports 40 --seed 11      # a development set (docs/training.md)
    python -m eval.decision DEV --error-rate 0.0005                          # reads it once, then fits
    python -m eval.decision DEV DEV2 --error-rate 0.001 --picture curve.svg  # more data, a picture of the curve

Every document is read up to its labelled fields and kept in OUT/NAME/gouji-without-decision; a second run reads what is
missing, and `gouji eval DEV -o OUT/NAME --engine gouji-without-decision` does the same. Printed are:

1. the risk-coverage curve: of the fields of highest probability, how many are taken and how many of these are wrong;
2. how often fields with each doubt are right, as read and after the decision;
3. for every threshold the values tried. `decides` counts the fields that some value accepts and another does not;
   accepted, wrong and the upper bound of the rate of errors are those among these, `all accepted` and `all wrong`
   those of the whole set;
4. `[decision]` for a settings file. A threshold changes only where the set supports the stated rate: it takes 5,990
   accepted fields without one error for 0.0005 at 95%, and more, since the risk is shared among the values tried.

Each threshold is fitted with the others as they stand, and its bound is that of itself alone. Never fit on a test
split: what is measured there afterwards would say nothing.

exit codes: 0 fitted; 2 the call is wrong
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from msgspec.structs import asdict

from eval.decision.picture import draw
from eval.decision.selective import Fit, Step, fit, upper_bound
from eval.decision.sweep import Swept, risk_coverage, swept
from eval.engines import LABELLED
from eval.markdown import head, row
from eval.report.table import percent
from eval.runs.dataset import Case, in_turns, load_cases
from eval.runs.progress import Watcher, scoring
from eval.runs.run import forget_changed, missing, predict, read_prediction
from extraction.document import Report
from extraction.doubts import DoubtCode
from extraction.errors import GoujiError, UsageError
from extraction.settings import DecisionSettings

_CURVE_AT = (0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999, 0.9999)  # probabilities that the table shows


def main(arguments: Sequence[str]) -> int:
    """Read what is not read yet, fit, print; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.decision", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("datasets", type=Path, nargs="+", metavar="DEV", help="folder of documents with their gold")
    parser.add_argument("--split", metavar="NAME", help="train or dev (default: every document)")
    parser.add_argument("--level", action="append", default=[], metavar="L", help="only this level; can be repeated")
    parser.add_argument("--limit", type=int, metavar="N", help="N documents a set, spread evenly")
    parser.add_argument(
        "--error-rate",
        type=float,
        default=0.0005,
        metavar="R",
        help="silent errors among accepted fields (%(default)s)",
    )
    parser.add_argument(
        "--confidence", type=float, default=0.95, metavar="C", help="probability that a bound holds (%(default)s)"
    )
    parser.add_argument("-o", "--out", type=Path, default=Path("decision-out"), metavar="OUT", help="(%(default)s)")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the curve: .svg, .png or .pdf")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (all cores)")
    parser.add_argument("--force", action="store_true", help="read every document again")
    parsed = parser.parse_args(arguments)
    try:
        if not 0 < parsed.error_rate < 1 or not 0 < parsed.confidence < 1 or parsed.workers < 1:
            raise UsageError("--error-rate and --confidence are between 0 and 1, --workers is from 1")
        found = _swept_sets(parsed)
        print("\n".join(_tables(found, parsed.error_rate, 1 - parsed.confidence)))
        if parsed.picture:
            draw(found, parsed.picture)
    except GoujiError as error:
        print(f"eval.decision: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _swept_sets(parsed: argparse.Namespace) -> Swept:
    """All documents of the sets, read where they are not read yet. Raises UsageError and ModelError."""
    names = Counter(folder.resolve().name for folder in parsed.datasets)
    if twice := [name for name, number in names.items() if number > 1]:
        raise UsageError(f"two sets are called {twice[0]}; OUT keeps one of each name")
    jobs: list[tuple[Case, Path]] = []
    for folder in parsed.datasets:
        cases, out = _development(folder, parsed.split, parsed.level, parsed.limit), parsed.out / folder.resolve().name
        out.mkdir(parents=True, exist_ok=True)
        forget_changed(cases, out)
        left = missing(in_turns(cases), LABELLED, out, force=parsed.force)
        with Watcher({LABELLED: (len(cases) - len(left), len(cases))}) as watcher:
            predict(left, LABELLED, out, min(parsed.workers, max(1, len(left))), watcher.of(LABELLED))
        jobs += [(case, out) for case in cases]
    with ProcessPoolExecutor(parsed.workers, get_context("spawn")) as pool, scoring(len(jobs)) as on_done:
        found = Swept()
        for one in pool.map(_swept_kept, *zip(*jobs, strict=True)):
            found += one
            on_done()
    return found


def _development(folder: Path, split: str | None, levels: Sequence[str], limit: int | None) -> list[Case]:
    """The cases of a set, none of which is in a test split. Raises UsageError."""
    cases = load_cases(folder, split, levels, limit)
    listed = folder / "splits" / "test.txt"
    held_out = set(listed.read_text(encoding="utf-8").split()) if listed.exists() else set()
    if held_out & {case.gold.id for case in cases}:
        raise UsageError(f"{folder}: thresholds are not fitted on a test split; choose --split dev or train")
    return cases


def _swept_kept(case: Case, out: Path) -> Swept:
    report: Report | None = read_prediction(out, LABELLED, case).report
    return Swept(reports=1) if report is None else swept(case.gold.report, report, DecisionSettings())


def _tables(found: Swept, rate: float, delta: float) -> Iterator[str]:
    """All that is printed, as lines of Markdown."""
    bound = upper_bound(found.silent, found.accepted, delta)
    yield f"{found.reports:,} reports, {found.fields:,} fields: {found.accepted:,} accepted ({_share(found)}),"
    yield f"{found.silent} of them wrong (below {percent(bound, 3)} with {1 - delta:.0%} confidence); of the reports,"
    yield f"{found.flawed} with a silent error (below {percent(upper_bound(found.flawed, found.reports, delta), 1)})."
    yield from ("", "Risk and coverage by probability, doubts left aside:", "", *_curve(found))
    yield from ("", "Doubts:", "", *_doubts(found))
    now, fits = asdict(DecisionSettings()), {name: fit(steps, rate, delta) for name, steps in found.steps.items()}
    yield from ("", f"Values of each threshold; bounds for a rate of {rate:g}:", "", *_steps(found, fits, now))
    yield from ("", "```toml", *_block(found, fits, now, rate), "```")


def _share(found: Swept) -> str:
    return percent(found.accepted / max(1, found.fields), 1)


def _curve(found: Swept) -> Iterator[str]:
    yield from head("probability from", "fields", "coverage", "wrong", "risk")
    for least in _CURVE_AT:
        taken = [j for j in found.judged if j.probability >= least]
        wrong = sum(not j.right for j in taken)
        coverage = percent(len(taken) / max(1, len(found.judged)), 1)
        yield row(f"{least:g}", f"{len(taken):,}", coverage, f"{wrong:,}", percent(wrong / max(1, len(taken)), 3))
    curve = risk_coverage(found)
    area = sum((b - a) * (y + z) / 2 for (a, y), (b, z) in pairwise(curve))
    yield ""
    yield f"Area under the curve (AURC): {area:.5f}"


def _doubts(found: Swept) -> Iterator[str]:
    yield from head("doubt", "fields", "as printed", "accepted", "silent")
    for code in DoubtCode:
        doubted = [j for j in found.judged if code in j.doubts]
        if doubted:
            right = percent(sum(j.right for j in doubted) / len(doubted), 1)
            accepted, silent = sum(j.accepted for j in doubted), sum(j.accepted and not j.right for j in doubted)
            yield row(code, f"{len(doubted):,}", right, f"{accepted:,}", f"{silent:,}")


def _steps(found: Swept, fits: Mapping[str, Fit], now: Mapping[str, float]) -> Iterator[str]:
    yield from head("threshold", "decides", "value", "accepted", "wrong", "bound", "all accepted", "all wrong")
    for name, steps in found.steps.items():
        decides = f"{found.decides[name]:,}"
        for k, (step, bound, whole) in enumerate(zip(steps, fits[name].bounds, found.whole[name], strict=True)):
            yield row(
                *((f"`{name}`", decides) if k == 0 else ("", "")),
                f"**{step.value:g}**" if step.value == now[name] else f"{step.value:g}",
                f"{step.accepted:,}",
                f"{step.wrong:,}",
                percent(bound, 3),
                f"{whole.accepted:,}",
                f"{whole.wrong:,}",
            )


def _block(found: Swept, fits: Mapping[str, Fit], now: Mapping[str, float], rate: float) -> Iterator[str]:
    """The section of a settings file: each threshold at the value that fits, with what is said for it."""
    yield "[decision]"
    for name, one in fits.items():
        value, why = chosen(found.steps[name], one, now[name], rate)
        yield f"{name} = {value:g}  # {why}"


def chosen(steps: Sequence[Step], one: Fit, now: float, rate: float) -> tuple[float, str]:
    """The value of a threshold (`now` by default) and why: the best one where the data support the rate; the strictest
    that is not known to be worse where errors are seen at `now`; else it stays."""
    if one.best is not None:
        wrong = f"{one.best.wrong} of {one.best.accepted:,} wrong"
        return one.best.value, f"supported: {wrong}" + (f"; was {now:g}" if one.best.value != now else "")
    here = next((s for s in steps if s.value == now), None)
    most = max((s.accepted for s in steps), default=0)
    few = f"decides {most:,} fields at most; {one.needed:,} without an error are needed"
    if here is not None and here.wrong and here.wrong >= rate * here.accepted:
        stricter = [s for s in steps[: steps.index(here)] if s.wrong < here.wrong]
        least = min(stricter, key=lambda s: (s.wrong, -s.accepted), default=steps[0])
        return least.value, f"{here.wrong} of {here.accepted:,} wrong at {now:g}: the least strict with fewest; {few}"
    return now, f"stays: {few}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
