"""Gouji as a library: 政府信息公开工作年度报告 in any form, read into figures that are checked against each other.

    import gouji

    report = gouji.read("report.pdf")
    for field in report.fields:
        print(field.id, field.value, field.status)

    for result in gouji.read_many("archive/"):
        if isinstance(result, gouji.Failure):
            print(result)

For archives there is the command `gouji convert`: it goes on where it was broken off, with several processes.
"""

from extraction.document import Check, Field, NarrativeFigure, Section, Status, Verdict
from extraction.errors import GoujiError, InputError, ModelError, UsageError
from gouji.reading import Failure, read, read_many
from gouji.report import Report

__all__ = [
    "Check",
    "Failure",
    "Field",
    "GoujiError",
    "InputError",
    "ModelError",
    "NarrativeFigure",
    "Report",
    "Section",
    "Status",
    "UsageError",
    "Verdict",
    "read",
    "read_many",
]
