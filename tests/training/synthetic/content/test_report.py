"""Invented reports: their sums, their switches, and what splits must not share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from extraction.document import Status, Verdict
from extraction.figures import parse_figure
from extraction.forms.catalogue import field_forms, narrative_forms, sections, template, template_ids
from extraction.forms.printed_form import FormCell, FormTable
from training.synthetic.content.agencies import FIRST, draw_agency
from training.synthetic.content.draft import Draft, Paragraph
from training.synthetic.content.figures import draw_values
from training.synthetic.content.report import YEARS, draft_report
from training.synthetic.content.sentences import STOCK, WORDS, of_split
from training.synthetic.content.variations import NEEDS, NONE, ONLY_2019, SWITCHES, Variations
from training.synthetic.content.wordings import HELD_OUT_COLUMNS, HELD_OUT_HEADINGS, HELD_OUT_ROWS
from training.synthetic.fonts import FONTS, Split

SPLITS: tuple[Split, ...] = ("train", "dev", "test")
SEEDS = range(30)


@cache
def drafts(split: Split) -> tuple[Draft, ...]:
    return tuple(draft_report(seed, split) for seed in SEEDS)


@cache
def plain_draft(seed: int, switch: str) -> Draft:
    """With no variation but the switch, "" for none at all."""
    return draft_report(seed, "train", replace(NONE, **{switch: 1.0}) if switch else NONE)


def tables(draft: Draft) -> list[FormTable]:
    return [part for part in draft.parts if isinstance(part, FormTable)]


def cells(draft: Draft) -> list[FormCell]:
    return [cell for table in tables(draft) for _, _, cell in table.placed()]


def paragraphs(draft: Draft, style: str) -> list[str]:
    return [p.text for p in draft.parts if isinstance(p, Paragraph) and p.style == style]


def labels(draft: Draft) -> dict[str, str]:
    return {cell.label: cell.text for cell in cells(draft) if cell.label}


def texts(draft: Draft) -> dict[str, str]:
    return {cell.field: cell.text for cell in cells(draft) if cell.field}


def section(draft: Draft, name: str) -> str:
    return next(s.text for s in draft.report.sections if s.id == name)


# ---------------------------------------------------------------- drafts


@pytest.mark.parametrize("split", SPLITS)
def test_tables_are_rectangular(split: Split) -> None:
    for draft in drafts(split):
        for table in tables(draft):
            covered = [
                (row + down, column + right)
                for row, column, cell in table.placed()
                for down in range(cell.row_span)
                for right in range(cell.column_span)
            ]
            grid = [(row, column) for row in range(len(table.rows)) for column in range(len(table.widths))]
            assert sorted(covered) == grid, (draft.id, table.section)
            assert len(table.keys) == len(table.rows)


@pytest.mark.parametrize("split", SPLITS)
def test_gold_is_what_the_cells_print(split: Split) -> None:
    for draft in drafts(split):
        printed = texts(draft)
        for field in draft.report.fields:
            assert (field.id in printed) == (field.status is not Status.MISSING)
            assert field.printed == printed.get(field.id, "")
            if field.status is Status.READ:
                assert field.value is not None
                figure = parse_figure(field.printed)
                assert figure is not None
                if "money_header_unit" not in draft.variations:
                    assert figure.in_unit(field_forms()[field.id].unit) == field.value, field
            else:
                assert field.value is None
                assert parse_figure(field.printed) is not None


@pytest.mark.parametrize("split", SPLITS)
def test_fields_are_in_the_order_of_the_contract(split: Split) -> None:
    for draft in drafts(split):
        own = [f.id for f in template(str(draft.report.template)).fields]
        ids = [f.id for f in draft.report.fields]
        assert ids[: len(own)] == own
        assert all(i.startswith("applications.results.other") for i in ids[len(own) :])


@pytest.mark.parametrize("split", SPLITS)
def test_sums_hold_unless_declared_broken(split: Split) -> None:
    for draft in drafts(split):
        kinds = [v for v in draft.variations if v.startswith("source_errors.")]
        broken = [c for c in draft.report.checks if c.verdict is Verdict.SOURCE_INCONSISTENT]
        assert not broken or kinds
        assert all(c.verdict is not Verdict.UNRESOLVED for c in draft.report.checks)


def test_a_declared_source_error_breaks_a_sum() -> None:
    kinds = set()
    for seed in SEEDS:
        draft = draft_report(seed, "train", replace(NONE, source_errors=1.0))
        kinds.add(draft.variations[-1])
        assert any(c.verdict is Verdict.SOURCE_INCONSISTENT for c in draft.report.checks)
    assert len(kinds) == 6


def test_equal_seeds_give_equal_drafts() -> None:
    assert draft_report(5, "test") == draft_report(5, "test")
    assert draft_report(5, "test") != draft_report(6, "test")
    assert draft_report(5, "test").report != draft_report(5, "train").report


def test_counts_have_a_heavy_tail() -> None:
    values = [f.value for split in SPLITS for d in drafts(split) for f in d.report.fields if f.value is not None]
    assert 0.7 < sum(value == 0 for value in values) / len(values) < 0.95
    assert max(values) >= 10**6
    counts = [
        value
        for seed in range(300)
        for field_id, value in draw_values(Random(seed), "2021", "province", False).items()
        if field_id.endswith(".decisions")
    ]
    assert max(counts) >= 10_000_000
    assert all(value == int(value) for value in counts)


def test_years_and_forms_are_all_there() -> None:
    found = [d for split in SPLITS for d in drafts(split)]
    assert {d.report.year for d in found} == set(YEARS)
    assert {d.report.template for d in found} == {"2019", "2021"}


def test_levels_are_all_there() -> None:
    agencies = [draw_agency(Random(seed), "train") for seed in range(300)]
    assert {a.level for a in agencies} == {"village", "town", "district", "city", "province"}
    assert all(a.name.endswith(a.short) for a in agencies)


# ---------------------------------------------------------------- splits


def test_splits_share_no_organization() -> None:
    names = {split: {draw_agency(Random(seed), split).name for seed in range(2000)} for split in SPLITS}
    assert all(name[0] in FIRST[split] for split in SPLITS for name in names[split])
    for one, other in (("train", "dev"), ("train", "test"), ("dev", "test")):
        assert not set(FIRST[one]) & set(FIRST[other])
        assert not names[one] & names[other]  # type: ignore[index]


def test_the_same_place_is_in_no_two_splits() -> None:
    """Nor is a shortened name: it too starts with a character that is its split's own."""
    for split in SPLITS:
        assert all(draw_agency(Random(seed), split).short[0] in FIRST[split] for seed in range(500))


def test_splits_share_no_sentence() -> None:
    for topic, stock in STOCK.items():
        parts = [of_split(topic, split) for split in SPLITS]
        assert all(parts), topic
        assert sorted(sentence for part in parts for sentence in part) == sorted(stock)
        assert len(set(stock)) == len(stock)


def test_splits_share_no_word_of_a_slot() -> None:
    for slot, stocks in WORDS.items():
        words = [word for split in SPLITS for word in stocks[split]]
        assert len(set(words)) == len(words), slot


def test_every_label_has_held_out_wordings_that_the_catalogue_has_not() -> None:
    for form in template_ids():
        for block in template(form).blocks:
            for part, stock in [(r, HELD_OUT_ROWS) for r in block.rows if r.label] + [
                (c, HELD_OUT_COLUMNS) for c in block.columns
            ]:
                assert not set(stock[part.id]) & {part.label, *part.wordings}, part.id
    for section_form in sections():
        assert not set(HELD_OUT_HEADINGS[section_form.id]) & {section_form.title, *section_form.wordings}


@pytest.mark.parametrize("split", SPLITS)
def test_fonts_are_the_split_s(split: Split) -> None:
    for draft in drafts(split):
        look = draft.look
        assert {look.font, look.heading_font, look.table_font, look.digit_font} <= set(FONTS[split].families)


@pytest.mark.parametrize("split", SPLITS)
def test_text_is_of_common_characters(split: Split) -> None:
    """Every face has those of GB 2312."""
    for draft in drafts(split):
        printed = "".join([cell.text for cell in cells(draft)] + [s.text for s in draft.report.sections])
        re.sub("[\n—]", "", printed).encode("gb2312")


# ---------------------------------------------------------------- running text


def test_named_figures_correspond_to_fields() -> None:
    forms = {form.id: form.fields for form in narrative_forms()}
    assert all(field_id in field_forms() for fields in forms.values() for field_id in fields)
    said = {n.id for split in SPLITS for d in drafts(split) for n in d.report.narrative}
    assert said == set(forms)


@pytest.mark.parametrize("split", SPLITS)
def test_narrative_says_whether_the_tables_agree(split: Split) -> None:
    verdicts = []
    for draft in drafts(split):
        runs = [r for p in draft.parts if isinstance(p, Paragraph) for r in p.runs if r.label.startswith("narrative.")]
        assert [r.label.removeprefix("narrative.") for r in runs] == [n.id for n in draft.report.narrative]
        received = {f.id: f.value for f in draft.report.fields}["applications.received.total"]
        for run, figure in zip(runs, draft.report.narrative, strict=True):
            assert run.text in figure.text
            if run.text.removesuffix("余").replace(".", "").isdecimal():
                assert figure.value == parse_figure(run.text.removesuffix("余")).value  # type: ignore[union-attr]
            else:
                assert figure.value == 0
            if figure.id == "received_requests" and received is not None:
                assert figure.agrees is (figure.value == received)
            verdicts.append(figure.agrees)
    assert {True, None} <= set(verdicts)


@pytest.mark.parametrize("split", SPLITS)
def test_headings_title_organization_and_year_are_labelled_once(split: Split) -> None:
    for draft in drafts(split):
        runs = [r for p in draft.parts if isinstance(p, Paragraph) for r in p.runs if r.label]
        named = {r.label: r.text for r in runs}
        assert named["organization"] == draft.report.organization
        assert named["year"] == str(draft.report.year)
        assert [named[f"heading.{s.id}"] for s in sections()] == [s.title for s in draft.report.sections]
        once = [r.label for r in runs if not r.label.startswith("title")]
        assert len(once) == len(set(once))


# ---------------------------------------------------------------- switches

Shows = Callable[[Draft, Draft], bool]
"""Whether a draft with the switch shows it; the other one is the same report without."""


def _title(pattern: str) -> Shows:
    return lambda draft, plain: bool(re.search(pattern, draft.report.title or ""))


def _label(name: str, pattern: str) -> Shows:
    return lambda draft, plain: bool(re.search(pattern, labels(draft).get(name, "")))


def _value(pattern: str, ending: str = "") -> Shows:
    return lambda draft, plain: any(re.search(pattern, t) for i, t in texts(draft).items() if i.endswith(ending))


def _look(name: str, value: object) -> Shows:
    return lambda draft, plain: getattr(draft.look, name) == value != getattr(plain.look, name)


def _style(style: str) -> Shows:
    return lambda draft, plain: bool(paragraphs(draft, style))


def _any_label(pattern: str) -> Shows:
    return lambda draft, plain: any(re.search(pattern, text) for text in labels(draft).values())


def _catalogue_wording(draft: Draft, plain: Draft) -> bool:
    known = {
        f"{kind}.{block.id}.{part.id}": part.wordings
        for block in template(str(draft.report.template)).blocks
        for kind, parts in (("row", block.rows), ("column", block.columns))
        for part in parts
    }
    return any(text in known.get(name, ()) for name, text in labels(draft).items())


def _blank_rows(draft: Draft, plain: Draft) -> bool:
    rows: dict[str, list[str]] = {}
    for field_id, text in texts(draft).items():
        rows.setdefault(field_id.rpartition(".")[0], []).append(text)
    return any(not any(row) for row in rows.values())


def _filled_alike(draft: Draft, plain: Draft) -> bool:
    printed = texts(draft)
    last = [i for i in printed if "items_last_year" in i]
    alike = all(printed[i] == printed[i.replace("items_last_year", "change")] for i in last)
    return alike and any(printed[i] != "0" for i in last)


def _administrative_swapped(draft: Draft, plain: Draft) -> bool:
    form = draft.report.template
    wording = {"2019": "行政规范性文件", "2021": "规范性文件"}[str(form)]
    return labels(draft)[f"row.documents_{form}.normative_documents"] == wording


def _pieces(name: str) -> Shows:
    return lambda draft, plain: [t.new_page for t in tables(draft) if t.section == name] == [False, True]


def _missing(draft: Draft, plain: Draft) -> bool:
    return any(f.status is Status.MISSING for f in draft.report.fields)


def _other_results_row(draft: Draft, plain: Draft) -> bool:
    return len(draft.report.fields) > len(template(str(draft.report.template)).fields)


def _extra_row(draft: Draft, plain: Draft) -> bool:
    return any(row.label in {c.text for c in cells(draft)} for row in draft.report.extra_rows)


SHOWS: dict[str, Shows] = {
    "title_year_twice": _title(r"\d年度.*年度"),
    "title_without_year_word": _title(r"^(?!.*年度).*报告$"),
    "title_without_work": _title(r"公开年度报告$"),
    "title_year_first": _title(r"^20"),
    "title_two_lines": lambda draft, plain: len(paragraphs(draft, "title")) == 2,
    "title_none": lambda draft, plain: draft.report.title is None and not paragraphs(draft, "title"),
    "red_header": _style("red_head"),
    "document_number": _style("number"),
    "organization_shortened": lambda draft, plain: (
        len(str(draft.report.organization)) < len(str(plain.report.organization))
    ),
    "index_table": lambda draft, plain: tables(draft)[0].section == "index",
    "heading_wordings": lambda draft, plain: paragraphs(draft, "heading") != paragraphs(plain, "heading"),
    "heading_arabic": lambda draft, plain: [h[:2] for h in paragraphs(draft, "heading")][5] == "6、",
    "heading_restart": lambda draft, plain: len({h[0] for h in paragraphs(draft, "heading")}) < 6,
    "overview_without_number": lambda draft, plain: paragraphs(draft, "heading")[0] == "总体情况",
    "sub_headings": lambda draft, plain: "（一）" in section(draft, "overview"),
    "sub_headings_arabic": lambda draft, plain: "（1）" in section(draft, "overview"),
    "period_sentence": lambda draft, plain: any("1月1日" in p for p in paragraphs(draft, "text")),
    "other_year": lambda draft, plain: f"{(draft.report.year or 0) - 1}年" in section(draft, "overview"),
    "narrative_differs": lambda draft, plain: any(n.agrees is False for n in draft.report.narrative),
    "narrative_rounded": lambda draft, plain: any("余" in n.text for n in draft.report.narrative),
    "table_sentence": lambda draft, plain: bool(section(draft, "proactive")),
    "table_note": _style("note"),
    "half_width_text": lambda draft, plain: "," in section(draft, "overview"),
    "catalogue_wordings": _catalogue_wording,
    "held_out_wordings": lambda draft, plain: labels(draft) != labels(plain),
    "header_two_lines": _any_label(r"^本年.+\n.+数"),
    "header_line_lost": lambda draft, plain: list(labels(draft).values()).count("本年新") == 2,
    "header_change": _label("column.licensing_2019.change", "^本年(增/?|数量)$"),
    "spaced_rules": _any_label(r"^规 +章$"),
    "administrative_swapped": _administrative_swapped,
    "long_instructions": _label("row.licensing_2019.other_external_services", "行政处罚、行政强制"),
    "misprinted_labels": _any_label("行政止|事业型|制做|出据|过程信息"),
    "arabic_marks": _any_label(r"^\d(、|\. |．)"),
    "half_width_labels": _any_label(r"^\("),
    "vertical_cell": _look("vertical", "narrow"),
    "blank_empty": _value("^$"),
    "blank_slash": _value("^/$"),
    "blank_hyphen": _value("^-$"),
    "blank_dash": _value("^—$"),
    "blank_double_hyphen": _value("^--$"),
    "blank_none": _value("^无$"),
    "blank_rows": _blank_rows,
    "blank_totals": _value("^$", ""),
    "plus_sign": _value(r"^\+\d+$", ".change"),
    "sign_words": _value("^(增加?|减少?)[0-9]+$", ".change"),
    "filled_alike": _filled_alike,
    "money_yuan": _value(r"^[\d.]+元$"),
    "money_wanyuan": _value(r"^[\d.]+万元$"),
    "money_header_unit": _any_label("采购总金额.*万元|收费金额（(单位：)?元"),
    "money_wrong_unit": _value(r"^[\d.]+万元$", ".amount_yuan"),
    "note_in_cell": _value(r"^\d+[（(].+件[）)]$"),
    "note_wrapped": _value(r"^\d+\n[（(].+件[）)]$"),
    "thousands_commas": _value(r"^\d{1,3}(,\d{3})+$"),
    "full_width_digits": _value("^[０-９]+$"),
    "other_form": lambda draft, plain: draft.report.template != plain.report.template,
    "other_results_row": _other_results_row,
    "extra_row": _extra_row,
    "missing_block": _missing,
    "missing_table": lambda draft, plain: len(tables(draft)) == 2 and _missing(draft, plain),
    "ragged_columns": lambda draft, plain: 11 in {len(t.widths) for t in tables(draft)},
    "header_overwritten": lambda draft, plain: "column.review_litigation.review.upheld" not in labels(draft),
    "split_cell": _pieces("applications"),
    "page_break_in_table": _pieces("applications"),
    "title_parted": _pieces("proactive"),
    "group_repeated": lambda draft, plain: [c.text for c in cells(draft)].count("三、本年度办理结果") == 2,
    "grey_rules": _look("rules", "grey"),
    "hairline_rules": _look("rules", "hairline"),
    "coloured_rules": _look("rules", "coloured"),
    "no_rules": _look("rules", "none"),
    "coloured_bands": lambda draft, plain: bool(draft.look.band),
    "page_numbers": lambda draft, plain: "#" in draft.look.page_number,
    "repeated_headers": _look("repeat_header", True),
    "section_breaks": lambda draft, plain: bool(draft.look.break_before),
    "source_errors": lambda draft, plain: any(c.holds is False for c in draft.report.checks),
    "table_picture": lambda draft, plain: "table_picture" in draft.variations,  # what it does: test_pictured.py
}


def test_every_switch_has_a_test() -> None:
    assert set(SHOWS) == set(SWITCHES)


@pytest.mark.slow
@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_that_is_on_shows(switch: str) -> None:
    """In some report of either form, and never where it is off."""
    needed = NEEDS.get(switch, "")
    shown = []
    for seed in range(14):
        plain = plain_draft(seed, needed)
        draft = draft_report(seed, "train", replace(NONE, **{name: 1.0 for name in (switch, needed) if name}))
        assert not SHOWS[switch](plain, plain), seed
        shown.append(SHOWS[switch](draft, plain))
    assert any(shown)
    if switch not in _NOT_ALWAYS:
        assert all(shown)


_NOT_ALWAYS = {
    *ONLY_2019,
    # only where there is money, a large figure, a place above
    "money_yuan",
    "money_wanyuan",
    "money_header_unit",
    "thousands_commas",
    "organization_shortened",
    # now and then
    "heading_wordings",
    "narrative_rounded",
    "narrative_differs",
    "table_sentence",
    "table_note",
    "group_repeated",
    "catalogue_wordings",
}


def test_a_probability_is_from_0_to_1() -> None:
    with pytest.raises(ValueError, match="red_header"):
        Variations(red_header=1.2)


def test_only_the_test_split_has_held_out_wordings() -> None:
    with_them = {split for split in SPLITS for d in drafts(split) if "held_out_wordings" in d.variations}
    assert with_them == {"test"}
