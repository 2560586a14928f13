"""What reconciliation made of simulated reports, as counts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from eval.simulation.readings import SimulatedReport
from extraction.document import Report, Status, Verdict
from extraction.forms.identities import check_sums


@dataclass(slots=True)
class Outcome:
    """Counts over reports and the figures in their sums.

    Figures: `misread` had a wrong first reading, `recovered` of these are accepted with the right value, `corrected`
    were changed, `corrected_wrong` of these to a wrong value, `spoilt` had the right first reading and are accepted
    with a wrong value, `silent` are accepted with a wrong value, `review` go to a person. Reports: `complete` have all
    figures accepted and right; `errors` have an error in print, `preserved` of these without a figure spoilt. Sums:
    `inconsistent` fail in print, `reported` of these are said to, `false_reports` hold in print and are said to fail.
    `seconds` is the processor time of each report.
    """

    reports: int = 0
    complete: int = 0
    figures: int = 0
    misread: int = 0
    recovered: int = 0
    corrected: int = 0
    corrected_wrong: int = 0
    spoilt: int = 0
    silent: int = 0
    review: int = 0
    inconsistent: int = 0
    reported: int = 0
    false_reports: int = 0
    preserved: int = 0
    errors: int = 0
    seconds: list[float] = field(default_factory=list)

    def count(self, case: SimulatedReport, after: Report, seconds: float) -> None:
        """Add a report: `case` before reconciliation, `after` it, and the `seconds` that took."""
        self.reports += 1
        self.seconds.append(seconds)
        read = {f.id: f for f in case.read.fields}
        now = {f.id: f for f in after.fields}
        silent = review = spoilt = 0
        for field_id, true in case.printed.items():
            found, before = now[field_id], read[field_id].value
            accepted = found.status is not Status.REVIEW
            right = found.value == true
            self.misread += before != true
            self.recovered += before != true and right and accepted
            self.corrected += found.status is Status.CORRECTED
            self.corrected_wrong += found.status is Status.CORRECTED and not right
            spoilt += before == true and accepted and not right
            silent += accepted and not right
            review += not accepted
        self.figures += len(case.printed)
        self.spoilt, self.silent, self.review = self.spoilt + spoilt, self.silent + silent, self.review + review
        self.complete += not (silent or review)
        self._count_checks(case, after)
        if case.source_error:
            self.errors += 1
            self.preserved += not spoilt

    def _count_checks(self, case: SimulatedReport, after: Report) -> None:
        truth = {c.id for c in check_sums(_as_printed(case)).checks if c.holds is False}
        said = {c.id for c in after.checks if c.verdict is Verdict.SOURCE_INCONSISTENT}
        self.inconsistent += len(truth)
        self.reported += len(truth & said)
        self.false_reports += len(said - truth)

    def seconds_at(self, share: float) -> float:
        """The quantile of the processor time: what this share of the reports does not exceed."""
        ranked = sorted(self.seconds)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def _as_printed(case: SimulatedReport) -> Report:
    fields = tuple(
        replace(f, value=case.printed.get(f.id, f.value), status=Status.READ, confidence=1.0) for f in case.read.fields
    )
    return replace(case.read, fields=fields)
