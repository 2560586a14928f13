"""JSON values for the page of a report: the report as it was read, and the state of its review after every action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extraction.document import Report, Status, Verdict
from extraction.figures import Unit
from extraction.forms.catalogue import field_forms
from extraction.forms.identities import identities_of
from extraction.output.chinese_names import sum_name
from service.desk.titles import reason_title
from service.page_renderer import PageSize
from service.review.actions import Action, standing
from service.review.choices import choices, implied_by_sums
from service.review.replay import ReviewState

_UNITS = {Unit.YUAN: "元", Unit.WANYUAN: "万元"}


def report_data(report_id: int, revision: int, read: Report, sizes: Sequence[PageSize]) -> dict[str, Any]:
    """The parts that a review does not change: fields with their places on the pages, sums, pages."""
    return {
        "report": {"id": report_id, "revision": revision},
        "pages": [
            {"number": n, "width": width, "height": height, "picture": f"/api/reports/{report_id}/pages/{n}.jpg"}
            for n, (width, height) in enumerate(sizes, 1)
        ],
        "fields": {
            f.id: {
                "label": field_forms()[f.id].label,
                "unit": _UNITS.get(field_forms()[f.id].unit, ""),
                "page": f.page,
                "box": None if f.box is None else [round(side, 1) for side in f.box],
                "read": f.printed if f.reading is None else f.reading,
                "reasons": [{"code": d.code, "text": reason_title(d.code)} for d in f.doubts],
            }
            for f in read.fields
        },
        "identities": [
            {"id": i.id, "name": sum_name(i.id), "left": i.left, "right": i.right} for i in identities_of(read)
        ],
    }


def state_data(now: ReviewState, sequence: int, actions: Sequence[Action]) -> dict[str, Any]:
    """The state of the review. `sequence` is the number of the last action, 0 for none."""
    fields = {f.id: f for f in now.report.fields}
    implied = implied_by_sums(identities_of(now.report), fields)
    said = {c.id: c.expression for c in now.report.checks}
    return {
        "sequence": sequence,
        "organization": now.report.organization,
        "year": now.report.year,
        "undoable": bool(standing(actions)),
        "fields": {
            f.id: {
                "text": f.printed,
                "value": None if f.value is None else format(f.value, "f"),
                "status": str(f.status),
                "person": f.id in now.decided,
                "choices": [
                    {"key": c.key, "text": c.text, "probability": c.probability}
                    for c in choices(f, implied.get(f.id, ()))
                ],
            }
            for f in now.report.fields
        },
        "expressions": said,
        "confirmed": {i: said[i] for i in now.confirmed},
        "failing": [c.id for c in now.report.checks if c.verdict is Verdict.SOURCE_INCONSISTENT],
        "open_fields": now.open_fields,
        "open_checks": now.open_checks,
        "sure": sum(f.status is not Status.REVIEW and f.id not in now.decided for f in now.report.fields),
        "accepted_all": now.accepted_all,
        "finished": now.finished,
    }
