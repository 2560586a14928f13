"""The thresholds of `[decision]`, each at the value that accepts most with silent errors below a stated rate.

    python -m training.synthetic DEV --split dev --reports 40 --seed 11      # a development set (docs/training.md)
    python -m eval.decision DEV --error-rate 0.0005                          # reads it once, then fits
    python -m eval.decision DEV DEV2 --error-rate 0.001 --picture curve.svg  # more data, a picture of the curve

Every document is read up to its labelled fields and kept in OUT/NAME/gouji-labelled; a second run reads what is
missing, and `gouji eval DEV -o OUT/NAME --engine gouji-labelled` does the same. Printed are:

1. the risk-coverage curve: of the fields of highest probability, how many are taken and how many of these are wrong;
2. how often fields with each doubt are right, as read and after the decision;
3. for every threshold the values tried: what is accepted with it and wrong among that, with the upper bound of the
   rate of errors; then the same of the fields that the threshold `decides`, which some value accepts and another does
   not. These are few: a bound over all says little of them;
4. `[decision]` for a settings file. A threshold changes only where the set supports the stated rate: it takes 5,990
   accepted fields without one error for 0.0005 at 95%, and more, since the risk is shared among the values tried;
5. what all of these together accept, and what of it is wrong.

Each threshold is fitted with the others as they stand, and its bound is that of itself alone. A value that accepts more
than now must earn it on other sets too, before it becomes a default. Never fit on a test split: what is measured there
afterwards would say nothing.

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
from eval.decision.sweep import Swept, risk_coverage, swept_kept
from eval.engines import LABELLED
from eval.markdown import head, row
from eval.report.table import percent
from eval.runs.dataset import Case, in_turns, load_cases
from eval.runs.progress import Watcher, scoring
from eval.runs.run import forget_changed, missing, predict
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
        jobs = _read_sets(parsed)
        found = sum(_of_each(jobs, parsed.workers, DecisionSettings()), Swept())
        rate, delta = parsed.error_rate, 1 - parsed.confidence
        fits = {name: fit(steps, rate, delta) for name, steps in found.whole.items()}
        print("\n".join(_tables(found, fits, rate, delta)))
        print(_together(jobs, fits, found, rate, parsed.workers))
        if parsed.picture:
            draw(found, parsed.picture)
    except GoujiError as error:
        print(f"eval.decision: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _read_sets(parsed: argparse.Namespace) -> list[tuple[Case, Path]]:
    """All documents of the sets, read where they are not read yet, with the folder of what is kept. Raises UsageError
    and ModelError."""
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
    return jobs


def _of_each(jobs: Sequence[tuple[Case, Path]], workers: int, settings: DecisionSettings) -> Iterator[Swept]:
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool, scoring(len(jobs)) as on_done:
        for one in pool.map(swept_kept, *zip(*jobs, strict=True), [settings] * len(jobs)):
            yield one
            on_done()


def _development(folder: Path, split: str | None, levels: Sequence[str], limit: int | None) -> list[Case]:
    """The cases of a set, none of which is in a test split. Raises UsageError."""
    cases = load_cases(folder, split, levels, limit)
    listed = folder / "splits" / "test.txt"
    held_out = set(listed.read_text(encoding="utf-8").split()) if listed.exists() else set()
    if held_out & {case.gold.id for case in cases}:
        raise UsageError(f"{folder}: thresholds are not fitted on a test split; choose --split dev or train")
    return cases


def _together(
    jobs: Sequence[tuple[Case, Path]], fits: Mapping[str, Fit], found: Swept, rate: float, workers: int
) -> str:
    """What all fitted thresholds together accept, in a sentence."""
    now = asdict(DecisionSettings())
    values = {name: chosen(found.whole[name], one, now[name], rate)[0] for name, one in fits.items()}
    if values == now:
        return "\nNo threshold changes."
    after = sum(_of_each(jobs, workers, DecisionSettings(**values)), Swept())
    return (
        f"\nAll of these together accept {after.accepted:,} fields, {after.silent} of them wrong; now it is "
        f"{found.accepted:,} and {found.silent}."
    )


def _tables(found: Swept, fits: Mapping[str, Fit], rate: float, delta: float) -> Iterator[str]:
    """All that is printed, as lines of Markdown."""
    bound = upper_bound(found.silent, found.accepted, delta)
    yield f"{found.reports:,} reports, {found.fields:,} fields: {found.accepted:,} accepted ({_share(found)}),"
    yield f"{found.silent} of them wrong (below {percent(bound, 3)} with {1 - delta:.0%} confidence); of the reports,"
    yield f"{found.flawed} with a silent error (below {percent(upper_bound(found.flawed, found.reports, delta), 1)})."
    yield from ("", "Risk and coverage by probability, doubts left aside:", "", *_curve(found))
    yield from ("", "Doubts:", "", *_doubts(found))
    now = asdict(DecisionSettings())
    yield from ("", f"Values of each threshold; bounds for a rate of {rate:g}:", "", *_steps(found, fits, now, delta))
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


def _steps(found: Swept, fits: Mapping[str, Fit], now: Mapping[str, float], delta: float) -> Iterator[str]:
    yield from head(
        "threshold", "value", "accepted", "wrong", "bound", "decides", "of these accepted", "wrong", "bound"
    )
    for name, steps in found.whole.items():
        for k, (step, bound) in enumerate(zip(steps, fits[name].bounds, strict=True)):
            own = found.steps[name][k]
            yield row(
                f"`{name}`" if k == 0 else "",
                f"**{step.value:g}**" if step.value == now[name] else f"{step.value:g}",
                f"{step.accepted:,}",
                f"{step.wrong:,}",
                percent(bound, 3),
                f"{found.decides[name]:,}" if k == 0 else "",
                f"{own.accepted:,}",
                f"{own.wrong:,}",
                percent(upper_bound(own.wrong, own.accepted, delta / len(steps)), 1),
            )


def _block(found: Swept, fits: Mapping[str, Fit], now: Mapping[str, float], rate: float) -> Iterator[str]:
    """The section of a settings file: each threshold at the value that fits, with what is said for it."""
    yield "[decision]"
    for name, one in fits.items():
        value, why = chosen(found.whole[name], one, now[name], rate)
        yield f"{name} = {value:g}  # {why}"


def chosen(steps: Sequence[Step], one: Fit, now: float, rate: float) -> tuple[float, str]:
    """The value of a threshold (`now` by default) and why: the best one where the data support the rate; the strictest
    that is not known to be worse where errors are seen at `now`; else it stays."""
    here = next((s for s in steps if s.value == now), None)
    if one.best is not None:
        if here is None or (here.accepted, here.wrong) == (one.best.accepted, one.best.wrong):
            return now, f"supported: {one.best.wrong} of {one.best.accepted:,} wrong"
        more = one.best.accepted - here.accepted
        return (
            one.best.value,
            f"supported: {one.best.wrong} of {one.best.accepted:,} wrong; accepts {more:+,} on {now:g}",
        )
    most = max((s.accepted for s in steps), default=0)
    few = f"{most:,} fields are accepted at most; {one.needed:,} without an error are needed"
    if here is not None and here.wrong and here.wrong >= rate * here.accepted:
        stricter = [s for s in steps[: steps.index(here)] if s.wrong < here.wrong]
        least = min(stricter, key=lambda s: (s.wrong, -s.accepted), default=steps[0])
        return least.value, f"{here.wrong} of {here.accepted:,} wrong at {now:g}: the least strict with fewest; {few}"
    return now, f"stays: {few}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
