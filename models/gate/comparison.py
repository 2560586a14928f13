"""Compare old and new weights on the same pages: the changes on each set, and whether to promote the new ones."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from models.files import write_text
from models.gate.outcomes import Change

FILE = "comparison.json"
SCHEMA_VERSION = 1

MAX_TOLERATED_LOSS = 0.002
"""Losses of a smaller share do not count: two trainings of one recipe differ by as much."""

MAX_POSSIBLE_LOSS = 0.01
"""On a frozen set the 95% interval of the change must rule out a loss of this share."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A set that both were tested on. `held_out`: like what the new ones were trained on, but not trained on."""

    name: str
    about: str
    sha256: str
    reports: int
    held_out: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The content of `comparison.json`. `old` and `new` are SHA-256, `old_version` a number (0 for the shipped one).

    `strict` are the kinds that may not lose a single one. `reasons` say why to promote the new weights, or why not.
    """

    weights: str
    old: str
    old_version: int
    new: str
    sets: tuple[Trial, ...]
    command: str
    about: dict[str, Any]
    strict: tuple[str, ...] = ()
    promote: bool = False
    reasons: tuple[str, ...] = ()


def judged(comparison: Comparison) -> Comparison:
    """The comparison with its advice: `promote` if some set gains and none loses."""
    against = [reason for tested in comparison.sets for reason in _losses(tested, comparison.strict)]
    held_out = [tested for tested in comparison.sets if tested.held_out]
    for_it = [reason for tested in held_out or comparison.sets for reason in _gains(tested)]
    if not for_it:
        where = ", ".join(tested.name for tested in held_out or comparison.sets)
        against.append(f"nothing is gained on {where}")
    return replace(comparison, promote=not against, reasons=tuple(against or for_it))


def _losses(tested: Trial, strict: Collection[str]) -> Iterator[str]:
    for change in tested.changes:
        told = f"{tested.name}, {change.kind}: {change.old:.2%} -> {change.new:.2%} of {change.things}"
        if change.kind in strict and change.lost > change.gained:
            yield f"{told}, {change.lost} lost and {change.gained} gained, and not one may be lost"
        elif change.verdict == "worse" and change.change < -MAX_TOLERATED_LOSS:
            yield f"{told}, worse beyond chance (p = {change.chance:.2g})"
        elif not tested.held_out and change.low < -MAX_POSSIBLE_LOSS:
            yield f"{told}, and a loss of {-change.low:.1%} cannot be ruled out"


def _gains(tested: Trial) -> Iterator[str]:
    if sum(c.gained for c in tested.changes) > sum(c.lost for c in tested.changes):
        parts = "; ".join(f"{c.kind} {c.old:.2%} -> {c.new:.2%}" for c in tested.changes if c.gained != c.lost)
        yield f"{tested.name}: {parts}"


def write_comparison(folder: Path, comparison: Comparison) -> Path:
    """Write `comparison.json`."""
    data = asdict(comparison)
    for tested, each in zip(data["sets"], comparison.sets, strict=True):
        tested["changes"] = [{**c._asdict(), "change": c.change, "verdict": c.verdict} for c in each.changes]
    path = folder / FILE
    write_text(path, json.dumps({"schema_version": SCHEMA_VERSION, **data}, ensure_ascii=False, indent=1) + "\n")
    return path


def read_comparison(path: Path) -> Comparison:
    """The comparison in a file. Raises OSError, or ValueError where it is not a comparison."""
    data = json.loads(path.read_text(encoding="utf-8"))
    try:
        if data.pop("schema_version") != SCHEMA_VERSION:
            raise ValueError(f"{path} was written by another version of Gouji; call gouji train again to compare")
        sets = tuple(_tested(tested) for tested in data.pop("sets"))
        strict, reasons = tuple(data.pop("strict")), tuple(data.pop("reasons"))
        return Comparison(**data, sets=sets, strict=strict, reasons=reasons)
    except (AttributeError, LookupError, TypeError) as error:
        raise ValueError(f"{path} is not a comparison ({error})") from error


def _tested(data: dict[str, Any]) -> Trial:
    return Trial(**{**data, "changes": _changes(data["changes"])})


def _changes(each: Sequence[dict[str, Any]]) -> tuple[Change, ...]:
    return tuple(Change(**{name: change[name] for name in Change._fields}) for change in each)
