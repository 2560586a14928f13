"""A labelled report in, the same report reconciled out: figures accepted, corrected or for review, sums checked.

Figures in sums are decided by their posteriors, others by their readings alone. What the file itself states is never
changed: where its sums fail the report is wrong, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from extraction.document import Field, Report
from extraction.forms.catalogue import Identity
from extraction.forms.identities import identities_of
from extraction.reconcile.beliefs import Belief, posterior_beliefs
from extraction.reconcile.blank_prior import blank_prior
from extraction.reconcile.decision import decide, decide_alone, thresholds
from extraction.reconcile.evidence import figure_of, unread_share
from extraction.reconcile.inference import infer_values
from extraction.reconcile.shifted_lines import shifted_figures
from extraction.reconcile.solver.components import build_problem, uncertain_components
from extraction.reconcile.solver.model import Problem
from extraction.reconcile.verdicts import explained_checks
from extraction.settings import DecisionSettings


@dataclass(frozen=True, slots=True)
class Weighed:
    """A labelled report and what its sums say of its figures, before anything is decided: no threshold is in it.

    `beliefs` are the posteriors of the figures in uncertain sums, by field id; `confirmed` the fields in a sum that
    holds by what was read; `unread` the share (0..1) of the fields in doubt.
    """

    report: Report
    identities: tuple[Identity, ...]
    beliefs: Mapping[str, Belief]
    confirmed: frozenset[str]
    unread: float


def reconcile(report: Report, settings: DecisionSettings) -> Report:
    """The report with each figure as it is most probably printed where `settings` accept that, else for review, and
    with the check of each sum; the report as it is where its form is not known."""
    if report.template is None:
        return report
    weighed = weigh(report)
    fields = decided_fields(weighed, settings)
    return replace(
        report, fields=fields, checks=explained_checks(weighed.identities, report.fields, fields, weighed.beliefs)
    )


def weigh(report: Report) -> Weighed:
    """The posteriors of a labelled report of a known form."""
    identities = identities_of(report)
    fields = {f.id: f for f in report.fields}
    unread, blank = unread_share(report), blank_prior(report.fields)
    in_sums = dict.fromkeys(part for i in identities for part in (*i.left, *i.right))
    figures = {i: figure for i in in_sums if (figure := figure_of(fields[i], unread, blank(i))) is not None}
    problem = build_problem(identities, figures, fields)
    confirmed = frozenset(problem.figures[i].id for s in problem.balanced_sums() for i in s.figures)
    return Weighed(report, tuple(identities), _beliefs(problem), confirmed, unread)


def decided_fields(weighed: Weighed, settings: DecisionSettings) -> tuple[Field, ...]:
    """The fields of the report in their order, each accepted or for review by the thresholds of `settings`."""
    limits, beliefs = thresholds(weighed.unread, settings), weighed.beliefs
    decided = tuple(
        decide(f, beliefs[f.id], f.id in weighed.confirmed, limits)
        if f.id in beliefs
        else decide_alone(f, f.id in weighed.confirmed, limits)
        for f in weighed.report.fields
    )
    return infer_values(decided, weighed.identities)


def _beliefs(problem: Problem) -> dict[str, Belief]:
    """The belief about every figure of an uncertain component, by field id."""
    beliefs: dict[str, Belief] = {}
    shifted = shifted_figures(problem)
    for component in uncertain_components(problem):
        beliefs |= {i: replace(b, shifted=i in shifted) for i, b in posterior_beliefs(component).items()}
    return beliefs
