"""From explanations to what is to be done with each figure: how probable each of its options is, and what follows.

A figure is never another than one of its readings, and only where all explanations together leave hardly a doubt; that
the report itself is wrong, and that a figure says what no reading names, are among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extraction.reconcile.model import Figure, Option, Problem
from extraction.reconcile.search import Findings, Search
from extraction.reconcile.source import SourceErrors

KEEP = 0.99
"""Probability from which what was read surely stands, whatever sums fail."""

SETTLE = 0.998
"""Probability from which what was read unsurely stands."""

CORRECT = 0.995
"""Probability from which a figure is put right."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What a figure of an examined part says: each option (as in `Figure.options`) with its probability.

    `open` where the examination was cut short; `out_of_place` where the whole row or column may be another's.
    `borne_out`: the likeliest explanation leaves a sum that it is in holding.
    """

    figure: Figure
    probabilities: tuple[float, ...]
    open: bool
    borne_out: bool
    out_of_place: bool = False

    @property
    def best(self) -> tuple[Option, float]:
        """The likeliest option."""
        n = max(range(len(self.probabilities)), key=lambda n: self.probabilities[n])
        return self.figure.options[n], self.probabilities[n]


def examine(part: Problem, limit: int) -> tuple[dict[str, Belief], int]:
    """What each figure of a part says, by field id, and how many steps of the `limit` that took."""
    errors = SourceErrors(part)
    findings = Search(part, errors).run(limit=limit)
    return _beliefs(part, errors, findings), findings.steps


def _beliefs(part: Problem, errors: SourceErrors, findings: Findings) -> dict[str, Belief]:
    weights = [[0.0] * len(f.options) for f in part.figures]
    whole = sum(found.weight for found in findings.found)
    for found in findings.found:
        chosen = dict(found.changes)
        misread: Mapping[int, float] = errors.explain(found.gaps).misread if found.gaps else {}
        for i, _ in enumerate(part.figures):
            weights[i][chosen.get(i, 0)] += found.weight * (1 - misread.get(i, 0.0))
    holding = _in_holding_sums(part, findings)
    return {
        f.id: Belief(
            f,
            tuple(w / whole for w in weights[i]) if whole else tuple(o.probability for o in f.options),
            not findings.complete or not whole,
            i in holding,
        )
        for i, f in enumerate(part.figures)
    }


def _in_holding_sums(part: Problem, findings: Findings) -> set[int]:
    """The figures in sums that hold by the likeliest explanation."""
    if not findings.found:
        return set()
    failing = {k for k, _ in findings.found[0].gaps}
    return {i for k, total in enumerate(part.sums) if k not in failing for i in total.figures}
