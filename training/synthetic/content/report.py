"""(seed, split) -> `Draft`: one invented report in full, with its gold. Equal seeds give equal drafts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from extraction.document import ExtraRow, Field, Report, Section, Source, Status
from extraction.forms.catalogue import field_forms, sections, template
from extraction.forms.identities import check_sums
from extraction.forms.printed_form import FormExtraRow, FormTable
from training.synthetic.content.agencies import Agency, draw_agency
from training.synthetic.content.cells import print_figures
from training.synthetic.content.draft import Draft, Paragraph, Run
from training.synthetic.content.figures import Values, break_a_sum, draw_values, form_of
from training.synthetic.content.headline import draw_head, draw_title, printed_organization
from training.synthetic.content.narrative import Writer, draw_counts, other, overview, problems
from training.synthetic.content.page_style import draw_look
from training.synthetic.content.series import Series
from training.synthetic.content.shape import draw_extra_rows, draw_tables, left_out
from training.synthetic.content.variations import DEFAULTS, ONLY_2019, Variations, chosen
from training.synthetic.content.wordings import draw_labels, section_title
from training.synthetic.fonts import Split

YEARS = tuple(range(2019, 2026))
_YEAR_WEIGHTS = (3, 3, 2, 2, 2, 2, 2)  # two years of the 2019 form, five of the 2021 form


def draft_report(seed: int, split: Split, variations: Variations | None = None, series: Series | None = None) -> Draft:
    """Return the report of a seed.

    `variations` are by default the split's own; in a `series` it continues the reports of the years before.
    """
    basics = _basics(seed, split, variations or DEFAULTS[split], series)
    dice = {part: Random(f"{split}/{seed}/{part}") for part in ("labels", "text", "look")}
    on, agency, year, form, values = basics.on, basics.agency, basics.year, basics.form, basics.values
    one_row_other = basics.one_row_other

    rng = basics.rng
    counts = draw_counts(rng, values, on)
    kinds: tuple[str, ...] = ()
    if "source_errors" in on:
        kind, values = break_a_sum(rng, form, values, one_row_other)
        kinds = (f"source_errors.{kind}",)
    printed = print_figures(rng, split, values, on)
    texts = left_out(rng, form, printed.texts, on)
    extra_rows = draw_extra_rows(rng, split, texts, on)

    rng = dice["labels"]
    labels = draw_labels(rng, form, on) | printed.labels
    tables = draw_tables(rng, form, texts, labels, extra_rows, on)

    rng = dice["text"]
    organization = printed_organization(agency, on)
    writer = Writer(rng, split, agency, organization, year, on, counts)
    title = draw_title(rng, organization, year, on)
    head = draw_head(rng, agency, year, on)
    writer.unnamed = set() if title else {"organization", "year"}
    intro = _intro(writer)
    body, section_texts = _body(writer, tables)
    values_printed = {i: printed.values[i] for i in texts}
    shown = {c.field: c.text for pieces in tables.values() for t in pieces for _, _, c in t.placed() if c.field}
    if "header_overwritten" in on:
        values_printed |= {i: None for i, text in shown.items() if not text}
    report = Report(
        source=Source("", "", "application/pdf", None),
        organization=organization,
        year=year,
        template=form,
        title="".join(p.text for p in title) or None,
        sections=section_texts,
        fields=_fields(form, shown, values_printed),
        extra_rows=_extra_rows(extra_rows),
        narrative=writer.figures(values_printed),
    )
    parts = (*head, *title, *intro, *body)
    look = draw_look(dice["look"], split, on)
    return Draft(f"{split}-{seed}", parts, look, check_sums(report), seed, split, (*sorted(on), *kinds))


@dataclass(frozen=True, slots=True)
class _Basics:
    """Agency, year, form and figures of a report. `rng` is the generator after drawing the figures."""

    on: frozenset[str]
    agency: Agency
    year: int
    form: str
    one_row_other: bool
    values: Values
    rng: Random


def _basics(seed: int, split: Split, variations: Variations, series: Series | None) -> _Basics:
    """Draw agency, year and figures, the latter continued from the years before in a series."""
    before = _basics(seed - 1, split, variations, series.before).values if series and series.index else None
    on = chosen(Random(f"{split}/{seed}/on"), variations)
    dice = Random(f"{split}/{series.first if series else seed}/agency")
    agency, year = draw_agency(dice, split), dice.choices(YEARS, _YEAR_WEIGHTS)[0]
    if series:
        year = min(year, YEARS[-1] - series.length + 1) + series.index
    form = form_of(year, "other_form" in on)
    on = on if form == "2019" else on - ONLY_2019
    one_row_other = (form == "2019") != ("other_results_row" in on)
    rng = Random(f"{split}/{seed}/figures")
    values = draw_values(rng, form, agency.level, one_row_other, on, before)
    return _Basics(on, agency, year, form, one_row_other, values, rng)


def _intro(writer: Writer) -> list[Paragraph]:
    topics = ["intro"]
    if "period_sentence" in writer.on:
        topics.append("period")
    if writer.rng.random() < 0.3:
        topics.append("contact")
    return [writer.paragraph(*topics)]


def _body(
    writer: Writer, tables: Mapping[str, list[FormTable]]
) -> tuple[list[Paragraph | FormTable], tuple[Section, ...]]:
    """Return the six sections as printed, and their gold."""
    parts: list[Paragraph | FormTable] = []
    gold: list[Section] = []
    numbers = _numbers(writer.rng, writer.on)
    for form, number in zip(sections(), numbers, strict=True):
        title = section_title(writer.rng, form, writer.on, number)
        parts.append(Paragraph((Run(title, f"heading.{form.id}"),), "heading"))
        before, after = _section_text(writer, form.id, tabled=form.id in tables)
        parts += [*before, *tables.get(form.id, ()), *after]
        gold.append(Section(form.id, title, "\n".join(p.text for p in (*before, *after))))
    return parts, tuple(gold)


def _section_text(writer: Writer, section: str, *, tabled: bool) -> tuple[list[Paragraph], list[Paragraph]]:
    """Return the paragraphs above and below the section's table."""
    if section in _WRITTEN:
        return _WRITTEN[section](writer), []
    rng, before, after = writer.rng, list[Paragraph](), list[Paragraph]()
    if section == "review_litigation" and rng.random() < 0.3:
        before.append(writer.paragraph("disputes"))
    elif not tabled or ("table_sentence" in writer.on and rng.random() < 0.6):
        before.append(writer.paragraph("table_sentence" if tabled else "other_none"))
    if "table_note" in writer.on and tabled and (section == "proactive" or rng.random() < 0.4):
        after.append(writer.paragraph("table_note", style="note"))
    return before, after


_WRITTEN = {"overview": overview, "problems": problems, "other": other}


def _numbers(rng: Random, on: Collection[str]) -> list[str]:
    """Return the numbers of the six headings."""
    stock = "123456" if "heading_arabic" in on else "一二三四五六"
    numbers = list(stock)
    if "heading_restart" in on:
        again = rng.randint(1, 4)
        numbers = [*stock[:again], *stock[: 6 - again]]
    if "overview_without_number" in on:
        numbers[0] = ""
    return numbers


def _fields(template_id: str, texts: Mapping[str, str], values: Mapping[str, Decimal | None]) -> tuple[Field, ...]:
    """Return every field of the form in its order, then printed fields of the other form."""
    own = [f.id for f in template(template_id).fields]
    foreign = [i for i in texts if i not in set(own)]
    labels = field_forms()
    return tuple(
        Field(i, labels[i].label, None, "", Status.MISSING, 1.0)
        if i not in texts
        else Field(i, labels[i].label, values[i], texts[i], Status.BLANK if values[i] is None else Status.READ, 1.0)
        for i in (*own, *foreign)
    )


def _extra_rows(rows: tuple[FormExtraRow, ...]) -> tuple[ExtraRow, ...]:
    return tuple(ExtraRow(row.section, row.label, row.printed) for row in rows)
