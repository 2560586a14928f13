"""A report as a library gives it: the document's values, and their ways out to JSON and pandas."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from extraction import document
from extraction.output.report_json import report_data

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class Report(document.Report):
    """A report in full: `organization`, `year`, `fields`, `checks`, `sections` and the rest of
    `extraction.document.Report`."""

    @classmethod
    def of(cls, report: document.Report) -> Report:
        """The same report, as the library gives it."""
        return cls(**{field.name: getattr(report, field.name) for field in fields(report)})

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values, as `gouji convert` writes them; figures are int or `decimal.Decimal`."""
        return report_data(self)

    def to_pandas(self) -> pandas.DataFrame:
        """One row a field, with the columns of `fields.parquet`.

        Returns:
            report, organization, template, id, label, printed, status: str; year, page: Int32; confidence: float;
            value: `decimal.Decimal`, None where there is none (`.astype(float)` to compute with).

        Raises:
            ModuleNotFoundError: pandas is not installed.
        """
        try:
            import pandas
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError("to_pandas needs pandas: pip install 'gouji[pandas]'", name="pandas") from error
        from extraction.output.field_tables import FIELD_COLUMNS, field_rows

        rows = pandas.DataFrame(field_rows(self), columns=FIELD_COLUMNS.names)
        frame: pandas.DataFrame = rows.astype({"year": "Int32", "page": "Int32"})
        return frame
