"""Every explanation of what was read that is likely enough to matter, the likeliest first.

An explanation says of each figure which of its options is printed; sums that then fail are the report's own errors.
From what was read first, the search changes a figure at a time: it takes the failing sum that leaves the fewest ways
out, and either one of its figures is another, or the sum fails in print. Where no sum fails any other unsure figure may
still be another. Each explanation is met once; the likeliest way that is left is followed first (A*), so that the first
explanation found is the likeliest, and the search ends where nothing within `window` of it is left.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from extraction.reconcile.model import Problem
from extraction.reconcile.source import COLUMN_KINDS, Gaps, SourceErrors

WINDOW = 7.0
"""Costs above the likeliest explanation up to which others are looked for: what is left out is 1,000 times rarer."""

_LEAST = 1e-300  # probability; nothing is impossible
_DEAR = 25.0  # cost of changes within one sum that are not looked at
_TOO_MANY = 4000  # amounts by which changes move a sum
_EXPLAINED = 8  # steps for which a set of failing sums that is explained anew counts, by the time that it takes


@dataclass(frozen=True, slots=True)
class Found:
    """One explanation: the option chosen of each figure that is not its first, the sums that fail, the probability
    of all of it beside that of the first options alone."""

    changes: tuple[tuple[int, int], ...]
    gaps: Gaps
    weight: float


@dataclass(frozen=True, slots=True)
class Findings:
    """All explanations within the window, the likeliest first; not `complete` where the search was cut short.

    `steps` are the ways that were looked at.
    """

    found: tuple[Found, ...]
    complete: bool
    steps: int = 0


@dataclass(frozen=True, slots=True)
class _Node:
    """A part of all explanations: these changes made, figures and sums settled (bits), each sum's gap."""

    cost: float
    changes: tuple[tuple[int, int], ...]
    settled: int
    failing: int  # sums that fail in print
    holding: int  # sums that must hold
    gaps: tuple[int, ...]


class Search:
    """The search over one connected part of a report's figures."""

    def __init__(self, problem: Problem, errors: SourceErrors) -> None:
        self._errors = errors
        self._problem = problem
        firsts = [f.options[0] for f in problem.figures]
        self._start = tuple(sum(s.sign(i) * firsts[i].amount for i in s.figures) for s in problem.sums)
        self._sums_of: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for k, total in enumerate(problem.sums):
            for i in total.figures:
                self._sums_of[i].append((k, total.sign(i)))
        # Of each figure that may be another: (option, by how much more, cost), the likeliest first.
        self._others = {
            i: [
                (n, o.amount - f.options[0].amount, math.log(f.options[0].probability / o.probability))
                for n, o in enumerate(f.options)
                if n
            ]
            for i, f in enumerate(problem.figures)
            if len(f.options) > 1
        }
        self._movable = [[i for i in s.figures if i in self._others] for s in problem.sums]
        self._masks = [sum(1 << i for i in movable) for movable in self._movable]
        self._costs: dict[tuple[int, ...], float] = {}
        self._closing: dict[tuple[int, int], dict[int, float] | None] = {}
        kinds = defaultdict[str, list[int]](list)
        for k, total in enumerate(problem.sums):
            kinds[total.kind].append(k)
        self._apart = list(kinds.values())  # sums of one kind share no figures

    def run(self, window: float = WINDOW, limit: int = 20_000) -> Findings:
        """All explanations within the window; `limit` is how many ways are looked at before giving up."""
        order = count()
        first = _Node(0.0, (), 0, 0, 0, self._start)
        heap = [(self._bound(first), next(order), first)]
        found: list[Found] = []
        best = -math.log(self._weight(first))  # nothing is misread: what is likelier is still to be found
        steps, known = 0, 0
        while heap and heap[0][0] <= best + window:
            if steps > limit:
                return Findings(_ranked(found), False, steps)
            _, _, node = heapq.heappop(heap)
            open_sum = self._open(node)
            if open_sum is None:
                weight = self._weight(node) if all(node.gaps[k] for k in _bits(node.failing)) else 0.0
                if weight:
                    found.append(Found(tuple(sorted(node.changes)), _gaps(node), weight))
                    best = min(best, -math.log(weight))
                children = self._changed(node, [i for i in self._others if not node.settled >> i & 1], 0)
            else:
                children = self._ways_out(node, open_sum)
            explained = self._errors.explained
            steps, known = steps + _EXPLAINED * (explained - known), explained
            room = best + window
            for child in children:
                steps += 1
                bound = self._bound(child) if child.cost <= room else math.inf
                if bound <= room:
                    heapq.heappush(heap, (bound, next(order), child))
        kept = [f for f in found if -math.log(f.weight) <= best + window]
        return Findings(_ranked(kept), True, steps)

    def _weight(self, node: _Node) -> float:
        """How probable it is that all of this is so."""
        return math.exp(-node.cost) * max(self._errors.explain(_gaps(node)).weight, _LEAST)

    def _open(self, node: _Node) -> int | None:
        """The failing sum with the fewest figures to choose from of which nothing is decided yet, None if none is."""
        failing = [k for k, g in enumerate(node.gaps) if g and not node.failing >> k & 1]
        return min(failing, key=lambda k: len(self._free(node, k)), default=None)

    def _free(self, node: _Node, k: int) -> list[int]:
        return [i for i in self._movable[k] if not node.settled >> i & 1]

    def _ways_out(self, node: _Node, k: int) -> Iterator[_Node]:
        """A failing sum fails in print, or one of its figures is another."""
        if not node.holding >> k & 1:
            yield _Node(node.cost, node.changes, node.settled, node.failing | 1 << k, node.holding, node.gaps)
        yield from self._changed(node, self._free(node, k), node.holding | 1 << k)

    def _changed(self, node: _Node, figures: Sequence[int], holding: int) -> Iterator[_Node]:
        """Each of the figures as the first of them that is another: those before it are what was read."""
        settled, holding = node.settled, holding or node.holding
        for i in figures:
            settled |= 1 << i
            for option, by, cost in self._others[i]:
                gaps = list(node.gaps)
                for k, sign in self._sums_of[i]:
                    gaps[k] += sign * by
                changes = (*node.changes, (i, option))
                yield _Node(node.cost + cost, changes, settled, node.failing, holding, tuple(gaps))

    def _bound(self, node: _Node) -> float:
        """What an explanation in this part costs at least: sums that share no figure each cost their cheapest way."""
        gaps = node.gaps
        if not any(gaps):
            return node.cost
        costs = [0.0] * len(gaps)
        for k, gap in enumerate(gaps):
            if gap:
                flags = node.failing >> k & 1, node.holding >> k & 1
                key = (k, gap, node.settled & self._masks[k], *flags)
                if key not in self._costs:
                    self._costs[key] = self._least(node, k, gap)
                costs[k] = self._costs[key]
                if costs[k] == math.inf:
                    return math.inf
        return node.cost + max(sum(costs[k] for k in kind) for kind in self._apart)

    def _least(self, node: _Node, k: int, gap: int) -> float:
        """The cheapest way to settle one failing sum."""
        if node.failing >> k & 1:
            return self._released(k, gap)
        changed = self._cheapest(k, node.settled & self._masks[k], gap)
        return changed if node.holding >> k & 1 else min(changed, self._released(k, gap))

    def _cheapest(self, k: int, settled: int, gap: int) -> float:
        """The least that changes of figures not settled yet cost that close a sum's gap; 0 where they are too many."""
        if (k, settled) not in self._closing:
            self._closing[k, settled] = self._changes(k, settled)
        closing = self._closing[k, settled]
        return 0.0 if closing is None else closing.get(-gap, math.inf)

    def _changes(self, k: int, settled: int) -> dict[int, float] | None:
        """By how much changes of the figures not settled move a sum's gap, and what the cheapest of them cost."""
        total = self._problem.sums[k]
        reached = {0: 0.0}
        for i in self._movable[k]:
            if settled >> i & 1:
                continue
            sign, further = total.sign(i), dict(reached)
            for moved, spent in reached.items():
                for _, by, cost in self._others[i]:
                    place = moved + sign * by
                    if spent + cost < min(further.get(place, math.inf), _DEAR):
                        further[place] = spent + cost
            if len(further) > _TOO_MANY:
                return None
            reached = further
        return reached

    def _released(self, k: int, gap: int) -> float:
        """What a sum that fails in print costs at least; a column's error is in the column of 总计 too."""
        cost = -math.log(self._errors.at_most(k, gap))
        return cost / 2 if self._problem.sums[k].kind in COLUMN_KINDS else cost


def _gaps(node: _Node) -> Gaps:
    return tuple((k, g) for k, g in enumerate(node.gaps) if g)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _ranked(found: Sequence[Found]) -> tuple[Found, ...]:
    return tuple(sorted(found, key=lambda f: -f.weight))
