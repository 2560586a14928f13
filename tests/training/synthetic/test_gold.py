"""Gold of a rendered draft: where everything is, page by page, and nothing that validation would object to."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from annotations.store import Annotation, dump_annotation, load_annotation
from annotations.validation.constraints import findings_in
from extraction.document import Status
from extraction.forms.printed_form import FormTable
from extraction.geometry import Box
from tests.training.pages import typeset
from training.synthetic.content.draft import Draft, Key, Place, Rendered
from training.synthetic.content.report import draft_report
from training.synthetic.content.variations import DEFAULTS
from training.synthetic.fonts import Split
from training.synthetic.gold import annotate

SPLITS: tuple[Split, ...] = ("train", "dev", "test")
SEEDS = range(20)


@cache
def annotated(split: Split, seed: int, tear: bool = False) -> tuple[Draft, Annotation]:
    shapes = {"repeated_headers": 0.4, "split_cell": 0.3, "title_parted": 0.3, "extra_row": 0.3, "index_table": 0.2}
    draft = draft_report(seed, split, replace(DEFAULTS[split], **shapes))
    return draft, annotate(draft, typeset(draft, tear=tear), "report.pdf", "digital", "test")


@pytest.mark.slow
@pytest.mark.parametrize("split", SPLITS)
def test_gold_passes_validation_and_comes_back_from_disk(split: Split) -> None:
    for seed in SEEDS:
        _, annotation = annotated(split, seed)
        assert list(findings_in(annotation)) == []
        assert load_annotation(dump_annotation(annotation)) == annotation


@pytest.mark.parametrize("tear", [False, True])
def test_every_page_has_a_whole_grid(tear: bool) -> None:
    for seed in SEEDS:
        _, annotation = annotated("test", seed, tear)
        for table in annotation.tables:
            covered = [
                (cell.row + down, cell.column + right)
                for cell in table.cells
                for down in range(cell.row_span)
                for right in range(cell.column_span)
            ]
            assert sorted(covered) == [(r, c) for r in range(table.row_count) for c in range(table.column_count)]


def test_every_printed_cell_is_in_the_tables_of_its_pages() -> None:
    for seed in SEEDS:
        draft, annotation = annotated("train", seed)
        printed = [
            cell.text
            for part in draft.parts
            if isinstance(part, FormTable) and not draft.look.repeat_header
            for _, _, cell in part.placed()
            if cell.text
        ]
        if printed:
            assert sorted(c.text for t in annotation.tables for c in t.cells if c.text) == sorted(printed)
        assert all(cell.page == table.page for table in annotation.tables for cell in table.cells)


def test_fields_have_the_place_of_their_cell() -> None:
    draft, annotation = annotated("test", 3)
    places = typeset(draft).places
    for number, part in enumerate(draft.parts):
        if isinstance(part, FormTable):
            for item, (_, _, cell) in enumerate(part.placed()):
                if cell.field:
                    field, place = annotation.report.field(cell.field), places[Key(number, item)][0]
                    assert (field.page, field.printed) == (place.page, cell.text)
                    assert field.box == pytest.approx(place.box, abs=0.06)
    assert all((f.page is None) == (f.status is Status.MISSING) for f in annotation.report.fields)


def test_a_row_torn_by_a_page_break_is_on_both_pages_and_its_text_on_the_first() -> None:
    torn = []
    for seed in SEEDS:
        draft, annotation = annotated("dev", seed, True)
        whole = annotate(draft, typeset(draft), "report.pdf")
        more = sum(len(t.cells) for t in annotation.tables) - sum(len(t.cells) for t in whole.tables)
        if more and not draft.look.repeat_header:
            torn.append(more)
            ours, theirs = ([c.text for t in a.tables for c in t.cells if c.text] for a in (annotation, whole))
            assert sorted(ours) == sorted(theirs)
    assert torn


def test_repeated_headers_are_labelled_each_time() -> None:
    repeated = []
    for seed in SEEDS:
        draft, annotation = annotated("train", seed)
        names = [n.name for n in annotation.labels if n.name == "column.applications.natural_person"]
        pages = {t.page for t in annotation.tables if any(c.text == "自然人" for c in t.cells)}
        if len(names) > 1:
            assert draft.look.repeat_header
            repeated.append(len(pages))
    assert max(repeated) > 1


def test_labels_are_printed_where_they_say() -> None:
    for seed in SEEDS:
        draft, annotation = annotated("test", seed)
        names = {label.name for label in annotation.labels}
        assert {"organization", "year", "heading.overview", "heading.other"} <= names
        assert ("title" in names) == (draft.report.title is not None)
        assert "".join(n.text for n in annotation.labels if n.name == "title") == (draft.report.title or "")
        cells = {(c.page, c.box): c.text for t in annotation.tables for c in t.cells}
        for label in annotation.labels:
            if label.name.startswith(("row.", "column.", "block.", "group.")):
                assert cells[label.page, label.box] == label.text
        assert all(n.page is not None for n in annotation.report.narrative)
        assert all(s.page is not None for s in annotation.report.sections)
        assert all(r.page is not None for r in annotation.report.extra_rows)


def test_two_pages_on_one_sheet_are_two_tables() -> None:
    draft, annotation = annotated("test", 4, True)
    printed = typeset(draft, tear=True)
    sheets = {
        key: tuple(Place((p.page + 1) // 2, _half(p.box, right=p.page % 2 == 0)) for p in found)
        for key, found in printed.places.items()
    }
    scan = annotate(draft, Rendered(printed.pdf, sheets), "report.pdf", "two-up", printed=printed)
    assert len(scan.tables) == len(annotation.tables) > len({t.page for t in scan.tables})
    for ours, theirs in zip(scan.tables, annotation.tables, strict=True):
        assert [replace(c, page=None, box=None) for c in ours.cells] == [
            replace(c, page=None, box=None) for c in theirs.cells
        ]
        assert ours.box is not None
        assert ours.box.right <= 300 or ours.box.left >= 300
    assert list(findings_in(scan)) == []


def _half(box: Box, *, right: bool) -> Box:
    return Box(*(side / 2 + (300 if right and axis % 2 == 0 else 0) for axis, side in enumerate(box)))
