"""The forward-backward solver beside general ones, on simulated readings: time, and whether they agree.

    python -m eval.simulation.solvers [--reports N]

Each is given the uncertain components of the same reports. CP-SAT (OR-Tools) and HiGHS find the likeliest print
only, with one cost for any sum that fails; the forward-backward algorithm gives posteriors. OR-Tools and SCIP are no
dependencies: `pip install ortools pyscipopt`; HiGHS is SciPy's.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable

from eval.simulation.readings import simulated_report
from extraction.forms.identities import identities_of
from extraction.reconcile.evidence import figure_of, unread_share
from extraction.reconcile.solver.components import build_problem, uncertain_components
from extraction.reconcile.solver.forward_backward import ForwardBackward
from extraction.reconcile.solver.model import Problem

FAILING_SUM_COST = 8.0
"""Of a sum that fails in print, in nats: minus the logarithm of its prior."""

TIME_LIMIT_SECONDS = 10.0
"""Of a component."""

MAX_LOST_SHARE = 0.1
"""Of the explanations, pruned by the forward-backward algorithm, up to which it counts as finished."""

_COSTS_PER_NAT = 1000  # CP-SAT knows integers only
_TRUE = 0.5  # a Boolean above this is true

Choice = dict[int, int]
"""The option of each figure that does not have its first one."""


def by_forward_backward(problem: Problem) -> Choice | None:
    """The solver that is used: the most probable option of each figure."""
    posterior = ForwardBackward(problem).run()
    if posterior is None or posterior.lost > MAX_LOST_SHARE:
        return None
    likeliest = (int(options.argmax()) for options in posterior.options)
    return {i: n for i, n in enumerate(likeliest) if n}


def by_cp_sat(problem: Problem) -> Choice | None:
    """CP-SAT with a Boolean for each option and for each sum that may fail; None if it did not finish in time."""
    from ortools.sat.python import cp_model

    model, coefficients = cp_model.CpModel(), problem.coefficients().tolist()
    chosen = [[model.new_bool_var(f"{i}/{n}") for n in range(len(f.options))] for i, f in enumerate(problem.figures)]
    costs = []
    for row, figure in zip(chosen, problem.figures, strict=True):
        model.add_exactly_one(row)
        costs += [
            b * round(-_COSTS_PER_NAT * math.log(o.probability)) for b, o in zip(row, figure.options, strict=True)
        ]
    for k, total in enumerate(problem.sums):
        fails = model.new_bool_var(f"fails {k}")
        costs.append(fails * round(_COSTS_PER_NAT * FAILING_SUM_COST))
        terms = [
            coefficients[k][i] * o.amount * b
            for i in total.figures
            for b, o in zip(chosen[i], problem.figures[i].options, strict=True)
        ]
        model.add(sum(terms) == 0).only_enforce_if(~fails)
    model.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = TIME_LIMIT_SECONDS
    if solver.solve(model) != cp_model.OPTIMAL:
        return None
    picked = [next(n for n, b in enumerate(row) if solver.boolean_value(b)) for row in chosen]
    return {i: n for i, n in enumerate(picked) if n}


def by_highs(problem: Problem) -> Choice | None:
    """HiGHS (through SciPy) on the same as a mixed-integer programme; a sum that fails may have any residual."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    places = {
        (i, n): c
        for c, (i, n) in enumerate((i, n) for i, f in enumerate(problem.figures) for n in range(len(f.options)))
    }
    options, sums, coefficients = len(places), len(problem.sums), problem.coefficients()
    costs = [-math.log(problem.figures[i].options[n].probability) for i, n in places] + [FAILING_SUM_COST] * sums
    rows: list[list[float]] = []
    lower: list[float] = []
    upper: list[float] = []
    for i, figure in enumerate(problem.figures):
        row = [0.0] * (options + sums)
        for n in range(len(figure.options)):
            row[places[i, n]] = 1.0
        rows, lower, upper = [*rows, row], [*lower, 1.0], [*upper, 1.0]
    for k, total in enumerate(problem.sums):
        row = [0.0] * (options + sums)
        for i in total.figures:
            for n, option in enumerate(problem.figures[i].options):
                row[places[i, n]] = float(coefficients[k, i] * option.amount)
        reach = 1.0 + sum(max(o.amount for o in problem.figures[i].options) for i in total.figures)
        for slack, low, high in ((-reach, -math.inf, 0.0), (reach, 0.0, math.inf)):
            rows.append([*row[: options + k], slack, *row[options + k + 1 :]])
            lower.append(low)
            upper.append(high)
    found = milp(
        costs,
        integrality=[1] * (options + sums),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, lower, upper),
        options={"time_limit": TIME_LIMIT_SECONDS},
    )
    if found.status != 0:
        return None
    return {i: n for (i, n), c in places.items() if n and found.x[c] > _TRUE}


def by_scip(problem: Problem) -> Choice | None:
    """SCIP on the same programme."""
    from pyscipopt import Model, quicksum

    model, coefficients = Model(), problem.coefficients().tolist()
    model.hideOutput()
    model.setParam("limits/time", TIME_LIMIT_SECONDS)
    chosen = [[model.addVar(vtype="B") for _ in f.options] for f in problem.figures]
    costs = []
    for row, figure in zip(chosen, problem.figures, strict=True):
        model.addCons(quicksum(row) == 1)
        costs += [-math.log(o.probability) * b for b, o in zip(row, figure.options, strict=True)]
    for k, total in enumerate(problem.sums):
        fails = model.addVar(vtype="B")
        costs.append(FAILING_SUM_COST * fails)
        reach = 1 + sum(max(o.amount for o in problem.figures[i].options) for i in total.figures)
        gap = quicksum(
            coefficients[k][i] * o.amount * b
            for i in total.figures
            for b, o in zip(chosen[i], problem.figures[i].options, strict=True)
        )
        model.addCons(gap <= reach * fails)
        model.addCons(gap >= -reach * fails)
    model.setObjective(quicksum(costs), "minimize")
    model.optimize()
    if model.getStatus() != "optimal":
        return None
    picked = [next(n for n, b in enumerate(row) if model.getVal(b) > _TRUE) for row in chosen]
    return {i: n for i, n in enumerate(picked) if n}


SOLVERS: dict[str, Callable[[Problem], Choice | None]] = {
    "forward-backward": by_forward_backward,
    "HiGHS": by_highs,
    "CP-SAT": by_cp_sat,
    "SCIP": by_scip,
}


def main() -> None:
    """Print the comparison as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=20, help="for each share of misreads")
    args = parser.parse_args()
    print("| misread | solver | ms a report, median | worst | not finished | as ours |\n|" + " ---: |" * 6)
    for misreads in (0.01, 0.03, 0.08):
        reports = [components_of(seed, misreads) for seed in range(args.reports)]
        answers: dict[str, list[list[Choice | None]]] = {}
        for name, solve in SOLVERS.items():
            seconds, answers[name] = [], []
            for components in reports:
                start = time.process_time()
                answers[name].append([solve(component) for component in components])
                seconds.append(time.process_time() - start)
            seconds.sort()
            given_up = sum(None in answer for answer in answers[name])
            alike = sum(one == other for one, other in zip(answers[name], answers["forward-backward"], strict=True))
            median, worst = (1000 * s for s in (seconds[len(seconds) // 2], seconds[-1]))
            print(f"| {misreads:.0%} | {name} | {median:.0f} | {worst:.0f} | {given_up} | {alike} of {len(reports)} |")


def components_of(seed: int, misreads: float) -> list[Problem]:
    """The uncertain components of a simulated report, every other one with an error of its own."""
    read = simulated_report(seed, misreads, 4, source_error=seed % 2 == 1).read
    fields, identities, unread = {f.id: f for f in read.fields}, identities_of(read), unread_share(read)
    names = dict.fromkeys(p for i in identities for p in (*i.left, *i.right))
    figures = {n: figure for n in names if (figure := figure_of(fields[n], unread)) is not None}
    return uncertain_components(build_problem(identities, figures, fields))


if __name__ == "__main__":
    main()
