"""Measure what a review at the desk costs against retyping every cell, in keys and seconds.

    python -m service.review.simulated_reviewer DATASET OUT

The reports of the data set (of some levels, as many as asked for) are converted into OUT unless they are there. Then a
scripted reviewer who knows the gold goes through each as the desk leads: from one unsure cell to the next, confirming
the guess, picking a candidate by its key, typing, then through the sums that fail. Seconds are those of the
keystroke-level model (`service.review.effort`). Sure cells are taken as they are unless a sum that fails leads there:
a wrong one that the reviewer is not led to counts as left wrong. Writes OUT/desk.json and prints the table of
docs/service.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, groupby
from pathlib import Path
from statistics import mean, median

from annotations.store import read_folder
from extraction.document import Field, Report, Status
from extraction.forms.identities import identities_of
from extraction.output.files import MANIFEST, read_report
from service.review.actions import Action, Kind, Refused
from service.review.attention import attention
from service.review.choices import choices, implied_by_sums
from service.review.effort import CONFIRM, KEY_SECONDS, LOOK_SECONDS, OPEN_SECONDS, PICK, Effort, retyped, typed
from service.review.replay import ReviewState, figure_in, replay

_HARD = ("fax", "poor", "worn", "faint", "phone")
_BY_ONE_KEY = Effort(keys=1, looks=1)  # blank, or not in the report
_ROW = Effort(keys=2, looks=1)  # Shift and X
_STEP = Effort(keys=2)  # Ctrl and an arrow, to a cell that is sure
_END = Effort(keys=4, looks=1)  # A, Ctrl and Enter, Enter for the next report


@dataclass(frozen=True, slots=True)
class Reviewing:
    """What became of one report: efforts at the desk and of retyping, cells, and how many guesses were wrong before
    and figures wrong after. `gain` is what the queue orders by."""

    name: str
    level: str
    cells: int
    unsure: int
    wrong_before: int
    wrong_after: int
    keys: int
    seconds: float
    all_keys: int
    all_seconds: float
    all_seconds_by_row: float
    gain: float


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(
        prog="python -m service.review.simulated_reviewer", description="What a review costs."
    )
    parser.add_argument("dataset", type=Path, metavar="DATASET")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder of a conversion, made or gone on with")
    parser.add_argument("--levels", nargs="+", default=list(_HARD), metavar="LEVEL")
    parser.add_argument("--most", type=int, default=20, metavar="N", help="reports (default 20)")
    parsed = parser.parse_args()
    wanted = [(a, path) for a, path in read_folder(parsed.dataset) if a.level in parsed.levels][: parsed.most]
    if not wanted:
        parser.error(f"no report of {parsed.dataset} is of the levels {', '.join(parsed.levels)}")
    if not (parsed.out / MANIFEST).exists():
        call = ["convert", *(str(path) for _, path in wanted), "-o", str(parsed.out), "--quiet"]
        subprocess.run([sys.executable, "-m", "extraction", *call], check=False)
    found = [reviewing(path.name, a.level, read_report(parsed.out, path.name), a.report) for a, path in wanted]
    (parsed.out / "desk.json").write_text(json.dumps([asdict(f) for f in found], indent=1) + "\n", encoding="utf-8")
    print("\n".join(table(found)))
    return 0


def reviewing(name: str, level: str, read: Report, gold: Report) -> Reviewing:
    """The whole review of one report."""
    right = {f.id: f for f in gold.fields}
    effort, done = at_the_desk(read, right)
    printed = [right[f.id] for f in read.fields if f.id in right and right[f.id].status is not Status.MISSING]
    every = sum((retyped(f.printed) for f in printed), Effort())
    rows = len({f.id.rpartition(".")[0] for f in printed})
    unsure = [f for f in read.fields if f.status is Status.REVIEW]
    return Reviewing(
        name,
        level,
        len(printed),
        len(unsure),
        sum(not _same(f, right.get(f.id)) for f in read.fields),
        sum(not _same(f, right.get(f.id)) for f in done.fields),
        effort.keys,
        OPEN_SECONDS + effort.seconds,
        every.keys,
        OPEN_SECONDS + every.seconds,
        OPEN_SECONDS + every.keys * KEY_SECONDS + rows * LOOK_SECONDS,
        attention(read).gain,
    )


def at_the_desk(read: Report, right: dict[str, Field]) -> tuple[Effort, Report]:
    """Every unsure cell in the form's order, then every sum that fails; what that takes, and the report then."""
    actions, effort = list[Action](), Effort()
    now = replay(read, actions)
    while now.open_fields:
        action, took = _decision(now, now.open_fields[0], right)
        actions.append(action)
        effort += took
        now = replay(read, actions)
    while now.open_checks:
        for action, took in _failing(now, now.open_checks[0], right):
            actions.append(action)
            effort += took
        now = replay(read, actions)
    return effort + _END, now.report


def _decision(now: ReviewState, field_id: str, right: dict[str, Field]) -> tuple[Action, Effort]:
    """What is done to an unsure cell, the cheapest way that the desk offers."""
    field, gold = now.report.field(field_id), right.get(field_id)
    if gold is None or gold.status is Status.MISSING:
        row = [i for i in now.open_fields if i.rpartition(".")[0] == field_id.rpartition(".")[0]]
        absent = [i for i in row if i not in right or right[i].status is Status.MISSING]
        whole = len(row) > 1 and absent == row
        return Action(Kind.MISSING, tuple(row) if whole else (field_id,)), _ROW if whole else _BY_ONE_KEY
    fields = {f.id: f for f in now.report.fields}
    offered = choices(field, implied_by_sums(identities_of(now.report), fields).get(field_id, ()))
    if gold.status is Status.BLANK:
        return Action(Kind.BLANK, (field_id,), gold.printed), _BY_ONE_KEY
    if field.value is not None and field.value == gold.value:
        return Action(Kind.VALUE, (field_id,), field.printed), CONFIRM
    for choice in offered:
        if choice.text and _reads(field, choice.text, gold):
            return Action(Kind.VALUE, (field_id,), choice.text), PICK
    text = _typed_as(field, gold)
    return Action(Kind.VALUE, (field_id,), text), typed(text) if offered else retyped(text)


def _failing(now: ReviewState, check_id: str, right: dict[str, Field]) -> Iterator[tuple[Action, Effort]]:
    """A sum that fails: each of its figures is looked at, what is wrong typed, else 源表有误."""
    identity = next(i for i in identities_of(now.report) if i.id == check_id)
    parts = [now.report.field(i) for i in (*identity.left, *identity.right)]
    wrong = [f for f in parts if not _same(f, right.get(f.id))]
    looks = Effort(looks=len(parts))
    for field in wrong:
        gold = right.get(field.id)
        if gold is None or gold.status is Status.MISSING:
            yield Action(Kind.MISSING, (field.id,)), _STEP + looks + _BY_ONE_KEY
        elif gold.status is Status.BLANK:
            yield Action(Kind.BLANK, (field.id,), gold.printed), _STEP + looks + _BY_ONE_KEY
        else:
            text = _typed_as(field, gold)
            yield Action(Kind.VALUE, (field.id,), text), _STEP + looks + retyped(text)
        looks = Effort()
    if not wrong:
        said = next(c.expression for c in now.report.checks if c.id == check_id)
        yield Action(Kind.SOURCE_ERROR, (check_id,), said), looks + Effort(keys=1)


def _typed_as(field: Field, gold: Field) -> str:
    """The figure as printed; with its unit where the desk would take it to count something else."""
    return next((text for unit in ("", "元", "万元") if _reads(field, text := gold.printed + unit, gold)), gold.printed)


def _reads(field: Field, text: str, gold: Field) -> bool:
    try:
        return figure_in(field, text) == gold.value
    except Refused:
        return False


def _same(field: Field, gold: Field | None) -> bool:
    """Whether a field says what is printed: the figure, or that there is none."""
    return field.value == (None if gold is None else gold.value)


def table(found: Sequence[Reviewing]) -> Iterator[str]:
    """A line a level and one for all, as Markdown, and what the queue's order is worth."""
    yield "| Level | Reports | Unsure cells | Keys | Seconds | Retyping: keys | Seconds | Wrong before | Wrong after |"
    yield "| --- | --: | --: | --: | --: | --: | --: | --: | --: |"
    by_level = sorted(found, key=lambda f: _HARD.index(f.level) if f.level in _HARD else len(_HARD))
    for level, group in groupby(by_level, key=lambda f: f.level):
        yield _line(level, list(group))
    yield _line("all", found)
    seconds, every = sum(f.seconds for f in found), sum(f.all_seconds for f in found)
    by_row = sum(f.all_seconds_by_row for f in found)
    yield ""
    shares = f"{seconds / every:.1%} of retyping's, {seconds / by_row:.1%} where that takes one look a row"
    yield f"Time at the desk: {shares}."
    yield f"Median report: {median(f.seconds for f in found):.0f} s, {median(f.keys for f in found):.0f} keys."
    half = [f"{_put_right_in_half(order):.0%}" for order in (sorted(found, key=lambda f: -f.gain), found)]
    yield f"Wrong guesses put right in half of the time: {half[0]} in the queue's order, {half[1]} in that of uploads."


def _line(level: str, group: Sequence[Reviewing]) -> str:
    means = [mean(values) for values in ([f.unsure for f in group], [f.keys for f in group])]
    return (
        f"| {level} | {len(group)} | {means[0]:.1f} | {means[1]:.0f} | {mean(f.seconds for f in group):.0f} "
        f"| {mean(f.all_keys for f in group):.0f} | {mean(f.all_seconds for f in group):.0f} "
        f"| {sum(f.wrong_before for f in group)} | {sum(f.wrong_after for f in group)} |"
    )


def _put_right_in_half(order: Sequence[Reviewing]) -> float:
    """Of the wrong guesses of all, the share in the reports that are finished in half of the time."""
    half = sum(f.seconds for f in order) / 2
    ends = accumulate(f.seconds for f in order)
    done = sum(f.wrong_before - f.wrong_after for f, end in zip(order, ends, strict=True) if end <= half)
    return done / max(1, sum(f.wrong_before - f.wrong_after for f in order))


if __name__ == "__main__":
    sys.exit(main())
