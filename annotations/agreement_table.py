"""The agreement of two annotators on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from annotations.agreement import Agreement


def show(agreement: Agreement, console: Console | None = None) -> None:
    """Print the measures, the fields that are not always agreed on, and every disagreement, one a line."""
    console = console or Console()
    table = Table("measure", "value", box=None)
    labels, every = agreement.labels
    for name, value in (
        ("reports", str(agreement.reports)),
        ("fields alike", f"{agreement.agreed} of {agreement.compared} ({agreement.agreed / agreement.compared:.2%})"),
        ("Cohen's kappa of statuses", f"{agreement.kappa:.3f}"),
        ("mean overlap (IoU) of boxes", f"{agreement.overlap:.3f} of {agreement.boxes}" if agreement.boxes else "-"),
        ("labels alike", f"{labels} of {every} ({labels / every:.2%})" if every else "-"),
    ):
        table.add_row(name, value)
    console.print(table)
    for field in agreement.fields:
        if field.agreed < field.reports:
            console.print(f"{field.id}: alike in {field.agreed} of {field.reports}", soft_wrap=True, highlight=False)
    for annotation_id in agreement.only:
        console.print(f"{annotation_id}: only one of the two has it", soft_wrap=True, markup=False)
    for disagreement in agreement.disagreements:
        console.print(str(disagreement), soft_wrap=True, markup=False, highlight=False)
