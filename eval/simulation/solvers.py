"""The sweep over all explanations beside general solvers, on simulated readings: time, and whether they agree.

    python -m eval.simulation.solvers [--reports N]

Each is given the connected parts in doubt of the same reports. CP-SAT (OR-Tools) and HiGHS find the likeliest print
only, with one price for any sum that fails; the sweep weighs all explanations. OR-Tools and SCIP are no dependencies:
`pip install ortools pyscipopt`; HiGHS is SciPy's.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable

from eval.simulation.readings import simulated
from extraction.forms.identities import identities_of
from extraction.reconcile.evidence import figure_of, unread_share
from extraction.reconcile.solver.components import parts_in_doubt, whole_problem
from extraction.reconcile.solver.forward_backward import Sweep
from extraction.reconcile.solver.model import Problem

_FAILS = 8.0  # cost of a sum that fails in print
_HALF = 0.5  # of a Boolean
_SCALE = 1000  # CP-SAT knows integers only
_LIMIT = 10.0  # seconds a part
_UNFINISHED = 0.1  # share of explanations that the sweep left out

Choice = dict[int, int]


def by_sweep(part: Problem) -> Choice | None:
    """The sweep that is used: the likeliest option of each figure."""
    posterior = Sweep(part).run()
    if posterior is None or posterior.lost > _UNFINISHED:
        return None
    likeliest = (int(options.argmax()) for options in posterior.options)
    return {i: n for i, n in enumerate(likeliest) if n}


def by_cp_sat(part: Problem) -> Choice | None:
    """One Boolean for each option, one for each sum that may fail."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = [[model.new_bool_var(f"{i}/{n}") for n in range(len(f.options))] for i, f in enumerate(part.figures)]
    costs = []
    for row, figure in zip(chosen, part.figures, strict=True):
        model.add_exactly_one(row)
        costs += [b * round(-_SCALE * math.log(o.probability)) for b, o in zip(row, figure.options, strict=True)]
    for k, total in enumerate(part.sums):
        fails = model.new_bool_var(f"fails {k}")
        costs.append(fails * round(_SCALE * _FAILS))
        terms = [
            total.sign(i) * o.amount * b
            for i in total.figures
            for b, o in zip(chosen[i], part.figures[i].options, strict=True)
        ]
        model.add(sum(terms) == 0).only_enforce_if(~fails)
    model.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = _LIMIT
    if solver.solve(model) != cp_model.OPTIMAL:
        return None
    picked = [next(n for n, b in enumerate(row) if solver.boolean_value(b)) for row in chosen]
    return {i: n for i, n in enumerate(picked) if n}


def by_highs(part: Problem) -> Choice | None:
    """The same as a mixed-integer programme, by way of SciPy; a sum that fails may have any gap."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    places = {
        (i, n): c for c, (i, n) in enumerate((i, n) for i, f in enumerate(part.figures) for n in range(len(f.options)))
    }
    options, sums = len(places), len(part.sums)
    costs = [-math.log(part.figures[i].options[n].probability) for i, n in places] + [_FAILS] * sums
    rows: list[list[float]] = []
    least: list[float] = []
    most: list[float] = []
    for i, figure in enumerate(part.figures):
        row = [0.0] * (options + sums)
        for n in range(len(figure.options)):
            row[places[i, n]] = 1.0
        rows, least, most = [*rows, row], [*least, 1.0], [*most, 1.0]
    for k, total in enumerate(part.sums):
        row = [0.0] * (options + sums)
        for i in total.figures:
            for n, option in enumerate(part.figures[i].options):
                row[places[i, n]] = float(total.sign(i) * option.amount)
        reach = 1.0 + sum(max(o.amount for o in part.figures[i].options) for i in total.figures)
        for slack, low, high in ((-reach, -math.inf, 0.0), (reach, 0.0, math.inf)):
            rows.append([*row[: options + k], slack, *row[options + k + 1 :]])
            least.append(low)
            most.append(high)
    found = milp(
        costs,
        integrality=[1] * (options + sums),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, least, most),
        options={"time_limit": _LIMIT},
    )
    if found.status != 0:
        return None
    return {i: n for (i, n), c in places.items() if n and found.x[c] > _HALF}


def by_scip(part: Problem) -> Choice | None:
    """The same programme with SCIP, a sum that fails by an indicator of both its sides."""
    from pyscipopt import Model, quicksum

    model = Model()
    model.hideOutput()
    model.setParam("limits/time", _LIMIT)
    chosen = [[model.addVar(vtype="B") for _ in f.options] for f in part.figures]
    costs = []
    for row, figure in zip(chosen, part.figures, strict=True):
        model.addCons(quicksum(row) == 1)
        costs += [-math.log(o.probability) * b for b, o in zip(row, figure.options, strict=True)]
    for total in part.sums:
        fails = model.addVar(vtype="B")
        costs.append(_FAILS * fails)
        reach = 1 + sum(max(o.amount for o in part.figures[i].options) for i in total.figures)
        gap = quicksum(
            total.sign(i) * o.amount * b
            for i in total.figures
            for b, o in zip(chosen[i], part.figures[i].options, strict=True)
        )
        model.addCons(gap <= reach * fails)
        model.addCons(gap >= -reach * fails)
    model.setObjective(quicksum(costs), "minimize")
    model.optimize()
    if model.getStatus() != "optimal":
        return None
    picked = [next(n for n, b in enumerate(row) if model.getVal(b) > _HALF) for row in chosen]
    return {i: n for i, n in enumerate(picked) if n}


SOLVERS: dict[str, Callable[[Problem], Choice | None]] = {
    "sweep": by_sweep,
    "HiGHS": by_highs,
    "CP-SAT": by_cp_sat,
    "SCIP": by_scip,
}


def main() -> None:
    """Print the comparison as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=20, help="for each share of misreads")
    args = parser.parse_args()
    print("| misread | solver | ms a report, median | worst | not finished | as the sweep |\n|" + " ---: |" * 6)
    for misreads in (0.01, 0.03, 0.08):
        reports = [parts_of(seed, misreads) for seed in range(args.reports)]
        answers: dict[str, list[list[Choice | None]]] = {}
        for name, solve in SOLVERS.items():
            seconds, answers[name] = [], []
            for parts in reports:
                start = time.process_time()
                answers[name].append([solve(part) for part in parts])
                seconds.append(time.process_time() - start)
            seconds.sort()
            given_up = sum(None in answer for answer in answers[name])
            alike = sum(one == other for one, other in zip(answers[name], answers["sweep"], strict=True))
            median, worst = (1000 * s for s in (seconds[len(seconds) // 2], seconds[-1]))
            print(f"| {misreads:.0%} | {name} | {median:.0f} | {worst:.0f} | {given_up} | {alike} of {len(reports)} |")


def parts_of(seed: int, misreads: float) -> list[Problem]:
    """What is in doubt of a simulated report, every other one with an error of its own."""
    read = simulated(seed, misreads, 4, source_error=seed % 2 == 1).read
    fields, identities, unread = {f.id: f for f in read.fields}, identities_of(read), unread_share(read)
    names = dict.fromkeys(p for i in identities for p in (*i.left, *i.right))
    figures = {n: figure for n in names if (figure := figure_of(fields[n], unread)) is not None}
    return parts_in_doubt(whole_problem(identities, figures, fields))


if __name__ == "__main__":
    main()
