"""Every field that is not as printed, of every engine: `faults.csv`, and the input of the worst-cell pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.runs.dataset import Case
from eval.runs.run import read_prediction
from eval.scoring.outcomes import AS_PRINTED, SILENT, FieldOutcome, Outcome, compare_fields
from models.files import write_text

_ORDER = (*SILENT, Outcome.MISSED, Outcome.MISGUESSED, Outcome.UNREAD, Outcome.SURPLUS)
_COLUMNS = (
    "engine",
    "document",
    "level",
    "field",
    "outcome",
    "printed",
    "read",
    "value",
    "status",
    "confidence",
    "page",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that an engine did not read as printed."""

    engine: str
    case: Case
    field: FieldOutcome

    @property
    def silent(self) -> bool:
        """Whether it was accepted all the same."""
        return self.field.outcome in SILENT


def all_faults(cases: Sequence[Case], engines: Sequence[str], out: Path) -> list[Fault]:
    """Return the faults of all documents that could be read, the silent ones first."""
    found = []
    for engine in engines:
        for case in cases:
            report = read_prediction(out, engine, case).report
            if report is not None:
                outcomes = compare_fields(case.gold.report, report)
                found += [Fault(engine, case, o) for o in outcomes if o.outcome not in AS_PRINTED]
    return sorted(found, key=lambda f: _ORDER.index(f.field.outcome))


def write_faults(path: Path, faults: Sequence[Fault]) -> None:
    """Write a CSV file with one row a fault."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for fault in faults:
        wanted, found = fault.field.wanted, fault.field.found
        writer.writerow(
            (
                fault.engine,
                fault.case.id,
                fault.case.gold.level,
                fault.field.id,
                fault.field.outcome,
                wanted.printed if wanted else "",
                found.printed if found else "",
                found.value if found else "",
                found.status if found else "",
                found.confidence if found else "",
                wanted.page if wanted else "",
            )
        )
    write_text(path, text.getvalue())
