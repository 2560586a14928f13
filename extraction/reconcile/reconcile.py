"""A labelled report in, the same report reconciled out: figures accepted, corrected or for review, sums checked.

Figures in sums are decided by their posteriors, others by their readings alone. What the file itself states is never
changed: where its sums fail the report is wrong, and says so.
"""

from __future__ import annotations

from dataclasses import replace

from extraction.document import Report
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


def reconcile(report: Report, settings: DecisionSettings) -> Report:
    """The report with each figure as it is most probably printed where `settings` accept that, else for review, and
    with the check of each sum; the report as it is where its form is not known."""
    if report.template is None:
        return report
    identities = identities_of(report)
    fields = {f.id: f for f in report.fields}
    unread, blank = unread_share(report), blank_prior(report.fields)
    in_sums = dict.fromkeys(part for i in identities for part in (*i.left, *i.right))
    figures = {i: figure for i in in_sums if (figure := figure_of(fields[i], unread, blank(i))) is not None}
    problem = build_problem(identities, figures, fields)
    beliefs = _beliefs(problem)
    confirmed = {problem.figures[i].id for s in problem.balanced_sums() for i in s.figures}
    limits = thresholds(unread, settings)
    decided = tuple(
        decide(f, beliefs[f.id], f.id in confirmed, limits)
        if f.id in beliefs
        else decide_alone(f, f.id in confirmed, limits)
        for f in report.fields
    )
    decided = infer_values(decided, identities)
    return replace(report, fields=decided, checks=explained_checks(identities, report.fields, decided, beliefs))


def _beliefs(problem: Problem) -> dict[str, Belief]:
    """The belief about every figure of an uncertain component, by field id."""
    beliefs: dict[str, Belief] = {}
    shifted = shifted_figures(problem)
    for component in uncertain_components(problem):
        beliefs |= {i: replace(b, shifted=i in shifted) for i, b in posterior_beliefs(component).items()}
    return beliefs
