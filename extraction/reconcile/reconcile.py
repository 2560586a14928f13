"""A labelled report in, the same report reconciled out: figures settled, put right or handed to a person, sums judged.

What is read from a picture is settled by the sums that it is in; what is in none stands by itself, and must be surer.
What the file itself states is never changed: where its sums fail the report is wrong, and says so.
"""

from __future__ import annotations

from dataclasses import replace

from extraction.document import Candidate, Field, Report, Status
from extraction.figures import parse_figure
from extraction.forms.identities import identities_of
from extraction.reconcile.beliefs import CORRECT, KEEP, SETTLE, Belief, examine
from extraction.reconcile.blank_prior import blank_prior
from extraction.reconcile.evidence import STATED, best_guess, figure_of, unread_share
from extraction.reconcile.inference import infer_values
from extraction.reconcile.shifted_lines import shifted_figures
from extraction.reconcile.solver.components import build_problem, uncertain_components
from extraction.reconcile.solver.model import Problem
from extraction.reconcile.verdicts import explained_checks

SURE = 0.97
"""Confidence from which a reading is taken to be what is printed though no sum bears it out."""

SURER = 0.99
"""The same in a report of which much could not be read: what the others say is less sure as well."""

PROVEN = 0.999
"""Confidence from which a reading that a sum bears out stands where the sweep could not look at all around it."""

_MUCH = 0.1  # of a report's fields

_MOST = 0.25
"""Share of a report's fields unread from which no reading is taken to be what is printed unless a sum bears it out: its
tables may be something else altogether, the print of the page's back for one."""

_HABIT = 0.9  # probability of the report's writing nothing, or zero, from which that settles a cell in doubt
_SUREST = 0.9999  # confidence at most that sums give a reading
_ALTERNATIVE = 0.001  # probability from which an alternative is worth a person's look


def reconcile(report: Report) -> Report:
    """The report with every figure as it is most probably printed, as far as that is sure, and with its checks."""
    if report.template is None:
        return report
    identities = identities_of(report)
    fields = {f.id: f for f in report.fields}
    unread, blank = unread_share(report), blank_prior(report.fields)
    in_sums = dict.fromkeys(part for i in identities for part in (*i.left, *i.right))
    figures = {i: figure for i in in_sums if (figure := figure_of(fields[i], unread, blank(i))) is not None}
    problem = build_problem(identities, figures, fields)
    beliefs = _examined(problem)
    borne_out = {problem.figures[i].id for s in problem.balanced_sums() for i in s.figures}
    alone, keep = _wanted(unread)
    settled = tuple(
        _settled(f, beliefs[f.id], f.id in borne_out, keep)
        if f.id in beliefs
        else _by_itself(f, f.id in borne_out, alone)
        for f in report.fields
    )
    settled = infer_values(settled, identities)
    return replace(report, fields=settled, checks=explained_checks(identities, report.fields, settled, beliefs))


def _wanted(unread: float) -> tuple[float, float]:
    """How sure a reading must be that is in no sum, and one that is and was read surely, by how much is unread: where
    much is, marks are missing that no probability knows of (34 was 31 wherever it stood)."""
    return (STATED, PROVEN) if unread > _MOST else (SURER, SURER) if unread > _MUCH else (SURE, KEEP)


def _examined(problem: Problem) -> dict[str, Belief]:
    """What is believed of every figure in doubt."""
    beliefs: dict[str, Belief] = {}
    out_of_place = shifted_figures(problem)
    for part in uncertain_components(problem):
        beliefs |= {i: replace(b, out_of_place=i in out_of_place) for i, b in examine(part).items()}
    return beliefs


def _by_itself(field: Field, borne_out: bool, sure: float) -> Field:
    """A field about which no sum says anything, or only that all is well."""
    if field.status is Status.REVIEW:
        return replace(field, confidence=round(best_guess(field), 4))
    if field.status is not Status.MISSING and field.confidence < sure and not borne_out:
        return replace(field, status=Status.REVIEW, confidence=round(best_guess(field), 4))
    return replace(field, candidates=())


def _settled(field: Field, belief: Belief, borne_out: bool, keep: float) -> Field:
    """A field whose figure was examined; `borne_out`: a sum that it is in holds by what was read. What was read surely
    stands from the probability `keep` on."""
    option, probability = belief.best
    as_read = option.value == field.value and parse_figure(field.printed) is not None
    doubted = field.status is Status.REVIEW
    habit = belief.figure.blank if option.value is None else 1 - belief.figure.blank
    if (doubted or not as_read) and not option.value and habit < _HABIT:
        return _for_a_person(field, belief)
    needed = SETTLE if doubted else keep
    sure = probability >= (needed if as_read else CORRECT) and not (belief.open or belief.out_of_place)
    if field.confidence >= STATED and not doubted:
        return replace(field, candidates=())
    proven = not doubted and field.confidence >= PROVEN and borne_out
    if belief.open and not belief.out_of_place and proven:
        return replace(field, candidates=())
    if doubted or not as_read:
        sure = sure and belief.figure.settleable and belief.borne_out
    if not sure or (not doubted and field.confidence < SURE and not belief.borne_out):
        return _for_a_person(field, belief)
    confidence = round(min(max(probability, 0.0), _SUREST), 4)
    if as_read:
        status = Status.BLANK if field.value is None else Status.READ
        return replace(field, status=status, confidence=confidence, candidates=())
    put_right = replace(field, value=option.value, printed=option.printed, reading=field.printed, candidates=())
    if option.value is None:  # a correction is a figure: what was hardly read was none
        return (
            replace(put_right, status=Status.BLANK, confidence=confidence) if doubted else _for_a_person(field, belief)
        )
    return replace(put_right, status=Status.CORRECTED, confidence=confidence)


def _for_a_person(field: Field, belief: Belief) -> Field:
    """With everything that it may say, the likeliest first; what was read stays the guess where nothing is likelier."""
    ranked = sorted(zip(belief.probabilities, belief.figure.options, strict=True), key=lambda pair: -pair[0])
    candidates = tuple(Candidate(o.printed, round(p, 4)) for p, o in ranked if p >= _ALTERNATIVE)
    option, probability = belief.best
    guess = replace(field, status=Status.REVIEW, confidence=round(min(probability, _SUREST), 4), candidates=candidates)
    if option.value == field.value:
        return guess
    return replace(guess, value=option.value, printed=option.printed, reading=field.printed)
