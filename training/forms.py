"""The printed tables of the national forms, which `extraction.forms` lays out, by the name that the recipes know."""

from extraction.forms import (
    APPLICANTS,
    DISPUTES,
    Departures,
    FormCell,
    FormExtraRow,
    FormTable,
    Kind,
    Row,
    cut,
    field_ids,
    outcome_rows,
    relabelled,
    rows_of,
    split,
    tables,
)

__all__ = [
    "APPLICANTS",
    "DISPUTES",
    "Departures",
    "FormCell",
    "FormExtraRow",
    "FormTable",
    "Kind",
    "Row",
    "cut",
    "field_ids",
    "outcome_rows",
    "relabelled",
    "rows_of",
    "split",
    "tables",
]
