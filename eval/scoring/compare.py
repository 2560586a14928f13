"""The comparison of a prediction with its gold: one document's score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import replace

from rapidfuzz.distance import Indel

from annotations.store import Annotation
from eval.runs.prediction import Prediction
from eval.scoring.outcomes import AS_PRINTED, FieldOutcome, Outcome, compare_fields, plain, was_misread
from eval.scoring.score import CONFIDENCE_STEPS, Counted, Matches, Score, Share
from extraction.document import Field, Report, Section, Source, Status, Verdict
from extraction.forms.catalogue import template_ids
from extraction.forms.identities import identities_of

HEADING = ("organization", "year", "template", "title")

_PROVEN = frozenset({Status.CORRECTED, Status.INFERRED})
_NOTHING = Report(Source("", "", "", None), None, None, None, None)


def compare(annotation: Annotation, prediction: Prediction) -> Score:
    """Return the score of one document. In one that could not be read all fields are missed, none silent."""
    gold, report = annotation.report, prediction.report or _NOTHING
    outcomes = compare_fields(gold, report)
    wrong_headings = [name for name in HEADING if getattr(report, name) != getattr(gold, name)]
    cells = Counter(Counted(annotation.level, o.id, o.outcome, o.in_gold) for o in outcomes)
    score = Score(
        reports=1,
        unread=int(prediction.report is None),
        cells=cells,
        figures=_figures(outcomes),
        confidences=_confidences(outcomes),
        headings=Counter(name for name in HEADING if name not in wrong_headings),
        source_errors=_matches(inconsistent_totals(gold), inconsistent_totals(report)),
        source_kept=_source_kept(gold, outcomes),
        corrections=_corrections(outcomes),
        misreads=_misreads(outcomes),
        misreads_in_sums=_misreads(_in_sums(outcomes, gold)),
        sections=_matches((s.id for s in gold.sections), (s.id for s in report.sections)),
        sections_in_order=int([s.id for s in gold.sections] == [s.id for s in report.sections]),
        text=_text_alike(gold.sections, report.sections),
        extra_rows=_matches(_extra_rows(gold), _extra_rows(report)),
        narrative=_matches(((n.id, n.value) for n in gold.narrative), ((n.id, n.value) for n in report.narrative)),
        faults=_faults(outcomes, wrong_headings, gold, prediction),
    )
    perfect = score.right == score.fields and not (score.review or score.heading_wrong or score.silent)
    return replace(score, perfect_reports=int(perfect), sound_reports=int(score.silent == 0))


def inconsistent_totals(report: Report) -> set[str]:
    """Return the checks that say that the report itself is wrong."""
    return {c.id for c in report.checks if c.verdict is Verdict.SOURCE_INCONSISTENT}


def _figures(outcomes: Iterable[FieldOutcome]) -> Share:
    """Return the share right of figures other than zeros and blanks, which are most of a report and easy."""
    printed = [o for o in outcomes if o.wanted is not None and o.wanted.value]
    return Share(sum(o.outcome in AS_PRINTED for o in printed), len(printed))


def _confidences(outcomes: Iterable[FieldOutcome]) -> Counter[tuple[int, bool]]:
    return Counter(
        (round(min(1.0, max(0.0, o.found.confidence)) * CONFIDENCE_STEPS), o.outcome in AS_PRINTED)
        for o in outcomes
        if o.found is not None and o.found.status is not Status.MISSING
    )


def _source_kept(gold: Report, outcomes: Iterable[FieldOutcome]) -> Share:
    wrong = inconsistent_totals(gold)
    if not wrong or gold.template not in template_ids():
        return Share(0, len(wrong))
    kept = {o.id for o in outcomes if o.outcome in AS_PRINTED}
    parts = [{*i.left, *i.right} for i in identities_of(gold) if i.id in wrong]
    return Share(sum(p <= kept for p in parts), len(wrong))


def _corrections(outcomes: Iterable[FieldOutcome]) -> Share:
    made = [o for o in outcomes if o.found is not None and o.found.status in _PROVEN]
    return Share(sum(o.outcome is Outcome.RIGHT for o in made), len(made))


def _misreads(outcomes: Iterable[FieldOutcome]) -> Share:
    """Return first readings of printed cells: `reading` where it was corrected since, else what is reported."""
    misread = [o for o in outcomes if was_misread(o)]
    return Share(sum(o.outcome is Outcome.RIGHT for o in misread), len(misread))


def _in_sums(outcomes: Iterable[FieldOutcome], gold: Report) -> list[FieldOutcome]:
    """Return the outcomes that sums can check: figures in a sum whose cell is known, even if it is hard to read."""
    identities = identities_of(gold) if gold.template in template_ids() else ()
    summed = {part for identity in identities for part in (*identity.left, *identity.right)}
    return [o for o in outcomes if o.id in summed and o.found is not None and _is_placed(o.found)]


def _is_placed(field: Field) -> bool:
    return field.box is not None and (field.status is not Status.REVIEW or bool(field.candidates))


def _text_alike(gold: Iterable[Section], read: Iterable[Section]) -> Share:
    wanted, found = ({s.id: plain(s.text) for s in sections} for sections in (gold, read))
    pairs = [(wanted.get(i, ""), found.get(i, "")) for i in {**wanted, **found}]
    whole = sum(len(a) + len(b) for a, b in pairs)
    return Share(whole - sum(Indel.distance(a, b) for a, b in pairs), whole)


def _extra_rows(report: Report) -> list[Hashable]:
    return [(r.section, plain(r.label), tuple(map(plain, r.printed))) for r in report.extra_rows]


def _matches(gold: Iterable[Hashable], read: Iterable[Hashable]) -> Matches:
    wanted, found = Counter(gold), Counter(read)
    return Matches((wanted & found).total(), (wanted - found).total(), (found - wanted).total())


def _faults(
    outcomes: Iterable[FieldOutcome], wrong_headings: Iterable[str], gold: Report, prediction: Prediction
) -> tuple[str, ...]:
    if prediction.report is None:
        return (f"could not be read: {prediction.error}",)
    report = prediction.report
    return (
        *(str(o) for o in outcomes if o.outcome not in AS_PRINTED),
        *(f"{name}: {getattr(report, name)!r}, printed {getattr(gold, name)!r}" for name in wrong_headings),
    )
