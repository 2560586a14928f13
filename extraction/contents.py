"""What stands in a document to its report: the stages after its pages have been read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extraction.document import Region, RegionKind, Report, Source, Status, Table
from extraction.errors import NotAReport
from extraction.forms.catalogue import sections
from extraction.labelling.fields import Labelled, label_fields
from extraction.labelling.isolated_blanks import with_isolated_blanks_doubted
from extraction.labelling.missing_fields import with_gaps_doubted
from extraction.labelling.token_tagging import any_unfamiliar, with_tags
from extraction.reconcile.reconcile import reconcile
from extraction.settings import Settings
from extraction.text.narrative import read_narrative, with_agreement
from extraction.text.report_head import Heading, read_heading
from extraction.text.sections import Text, read_text
from models.loaded import Models


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in a file: its regions in reading order over all pages, and what was odd about the pages."""

    source: Source
    regions: tuple[Region, ...]
    warnings: tuple[str, ...] = ()
    pictured: frozenset[int | None] = frozenset()  # pages without text of their own

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables, in reading order."""
        return tuple(region.table for region in self.regions if region.table is not None)


def tagged(contents: Contents, models: Models, settings: Settings) -> Contents:
    """The contents with what the token classifier takes cells and lines for."""
    del settings
    if not any_unfamiliar(contents.regions):
        return contents
    return replace(contents, regions=with_tags(contents.regions, models.labeller))


def report_of(contents: Contents, models: Models, settings: Settings) -> Report:
    """What a file's contents say, every figure labelled and no sum checked yet. Raises NotAReport."""
    text = read_text(contents.regions)
    labelled = label_fields(contents.tables, settings, models.wordings)
    fields = with_gaps_doubted(labelled.fields, contents.regions, contents.pictured)
    heading = read_heading(text)
    _refuse_what_is_no_report(text, labelled, heading, bool(contents.pictured))
    return Report(
        source=contents.source,
        organization=heading.organization,
        year=heading.year,
        template=labelled.template.id if labelled.template else None,
        title=heading.title,
        sections=text.sections,
        fields=with_isolated_blanks_doubted(fields, contents.pictured),
        extra_rows=labelled.extra_rows,
        narrative=read_narrative(text.paragraphs, heading.year),
        warnings=(
            *contents.warnings,
            *_unread_warnings(contents.regions),
            *heading.warnings,
            *_template_warnings(labelled),
        ),
    )


def checked(report: Report, models: Models, settings: Settings) -> Report:
    """The report with its sums checked, and every figure read, corrected or left to a person."""
    del models
    return with_agreement(reconcile(report, settings.decision))


def _refuse_what_is_no_report(text: Text, labelled: Labelled, heading: Heading, pictured: bool) -> None:
    """A report has figures of the national form, or at least headings of its sections and a title."""
    if labelled.template is None and len(text.sections) < (2 if heading.title else 3):
        raise NotAReport(
            "no table or heading of a 政府信息公开工作年度报告 was found; if it is one, its scan is too poor to read"
            if pictured
            else "no table or heading of a 政府信息公开工作年度报告 was found in its text: is it the right file?"
        )


def _unread_warnings(regions: Sequence[Region]) -> tuple[str, ...]:
    return tuple(
        f"page {region.page}: what looks like a table was not read; a person must look at it"
        for region in regions
        if region.kind is RegionKind.FIGURE
    )


def _template_warnings(labelled: Labelled) -> tuple[str, ...]:
    if labelled.template is None:
        return ("the report has no table of the 2019 or the 2021 form: its figures were not read",)
    twice = ("the form's tables are there twice, with other figures: split the file if it holds two reports",)
    of_section = {form.id: form.block.section for form in labelled.template.fields}
    found = {
        of_section[f.id]
        for f in labelled.fields
        if f.id in of_section and (f.status is not Status.MISSING or f.in_doubt)
    }
    return (twice if labelled.repeated else ()) + tuple(
        f"no table of section {form.number}、{form.title} was found; look whether it is there as a picture"
        for form in sections()
        if form.id in of_section.values() and form.id not in found
    )
