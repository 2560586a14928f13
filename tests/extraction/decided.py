"""Labelled fields with what follows from their doubts where no sums are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extraction.document import Table
from extraction.labelling import fields
from extraction.labelling.fields import Labelled
from extraction.reconcile.decision import decide_by_reading
from extraction.settings import Settings


def label_fields(tables: Sequence[Table], settings: Settings) -> Labelled:
    """As `extraction.labelling.fields.label_fields`, what is in doubt being `review`."""
    labelled = fields.label_fields(tables, settings)
    return replace(labelled, fields=decide_by_reading(labelled.fields))
