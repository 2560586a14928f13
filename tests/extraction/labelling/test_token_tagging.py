"""The token classifier as a second witness of labels: what it is asked, and what its answer may and may not do."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from extraction.document import Cell, Region, RegionKind, Span, Status, Table, Tag
from extraction.forms.catalogue import template
from extraction.forms.label_tags import UNIT, tag_of
from extraction.geometry import Box
from extraction.labelling.header_alignment import read_headers
from extraction.labelling.row_alignment import match_form
from extraction.labelling.table_rows import printed_rows
from extraction.labelling.token_tagging import any_unfamiliar, with_tags
from extraction.settings import Settings
from models.labeller import Labeller
from tests.extraction.decided import label_fields
from tests.extraction.form_tables import blank_form, data_lines, drop, relabel, tables
from training.labeller.aligned import TRIALS, Trial, drawn, scored
from training.labeller.data.typeset import typeset
from training.synthetic.content.report import draft_report

LICENSING = "row.administrative_licensing"


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return Labeller(threads=1)


def regions(found: list[Table]) -> tuple[Region, ...]:
    return tuple(Region(RegionKind.TABLE, table=table) for table in found)


def cells(found: tuple[Region, ...]) -> list[Cell]:
    return [cell for region in found if region.table is not None for cell in region.table.cells]


def test_a_form_as_it_is_printed_is_not_shown_to_the_classifier(labeller: Labeller) -> None:
    given = regions(tables(blank_form("2021")))
    assert with_tags(given, labeller) == given


def test_without_a_classifier_nothing_is_tagged() -> None:
    given = regions(tables(relabel(blank_form("2021"), 0, 6, "行殿许间")))
    assert with_tags(given, None) == given


def test_lines_that_a_file_states_are_not_shown_and_recognised_ones_are(labeller: Labeller) -> None:
    page = [tagged for tagged in typeset(draft_report(70_000_001, "dev"))[0] if not tagged.cell]
    stated, read = (
        tuple(Region(RegionKind.TEXT, (Span(t.text, 1, Box(*t.box), sure),), page=1) for t in page)
        for sure in (1.0, 0.8)
    )
    assert not any_unfamiliar(stated)
    assert with_tags(stated, labeller) == stated
    assert any_unfamiliar(read)
    spans = [span for region in with_tags(read, labeller) for span in region.spans]
    headings = [(span, t.tags[0]) for span, t in zip(spans, page, strict=True) if t.tags[0].startswith("heading.")]
    assert len(headings) > 1
    assert any(span.tags[:1] and span.tags[0].name == tag for span, tag in headings)
    assert [replace(span, tags=()) for span in spans] == [span for region in read for span in region.spans]


def test_a_recognised_line_changes_nothing_about_legible_labels(labeller: Labeller) -> None:
    given = regions(tables(blank_form("2021")))
    line = Region(RegionKind.TEXT, (Span("二、主动公开政府信息情况", confidence=0.8),))
    assert cells(with_tags((line, *given), labeller)) == cells(given)


def test_tags_are_likeliest_first_and_of_the_whole_cell(labeller: Labeller) -> None:
    form = relabel(blank_form("2021"), 0, 6, "行殿许间")
    tagged = cells(with_tags(regions(tables(form)), labeller))
    assert any(cell.tags for cell in tagged)
    for cell in tagged:
        chances = [tag.probability for tag in cell.tags]
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) <= 1.01
        assert UNIT not in {tag.name for tag in cell.tags}


@pytest.mark.parametrize("name", ["half illegible", "half illegible, lines lost", "heavy", "unseen wordings"])
def test_no_figure_is_another_fields_and_no_fewer_are_read(name: str, labeller: Labeller) -> None:
    """Dev reports; how much is gained over how many is `python -m training.labeller.aligned`'s to measure."""
    counts = {"strings": 0, "classifier": 0}
    for seed in (70_000_001, 70_000_002, 70_000_003):
        trial: Trial = TRIALS[name]
        draft = draft_report(seed, "dev", trial.variations)
        drawing = drawn(draft, trial, Random(seed))
        for who, witness in (("strings", None), ("classifier", labeller)):
            events = list(scored(draft, drawing, with_tags(drawing.regions, witness)))
            assert "silent" not in events
            counts[who] += events.count("row right")
    assert counts["classifier"] >= counts["strings"]


def named(text: str, tag: Tag, confidence: float) -> tuple[Table, ...]:
    """A form whose row 行政许可 reads so, and which the classifier takes for that."""
    found = tables(blank_form("2021"))
    return tuple(
        replace(
            table,
            cells=tuple(
                replace(c, text=text, confidence=confidence, tags=(tag,)) if c.text == "行政许可" else c
                for c in table.cells
            ),
        )
        for table in found
    )


def licensing(found: tuple[Table, ...]) -> tuple[str, Status]:
    fields = {f.id: f for f in label_fields(found, Settings()).fields}
    wanted = next(f for f in template("2021").fields if tag_of(f"row.{f.block.id}.{f.row.id}") == LICENSING)
    return fields[wanted.id].printed, fields[wanted.id].status


def test_a_legible_label_is_not_overruled() -> None:
    """It says 行政许可, whatever the classifier makes of it."""
    right = licensing(named("行政许可", Tag(LICENSING, 1.0), 1.0))
    assert right[1] is Status.READ
    assert licensing(named("行政许可", Tag("row.administrative_penalty", 1.0), 1.0)) == right


def test_a_name_without_a_character_of_its_own_is_a_guess_by_place() -> None:
    """As where the report leaves the row out and has another one of its own in its place."""
    strange = licensing(named("殿间丶口目", Tag(LICENSING, 0.99), 0.5))
    assert strange[1] is not Status.READ or strange == licensing(named("殿间丶口目", Tag("title", 0.99), 0.5))


HEADERS = ("自然人", "商意企业", "科研机构", "社会公益组织", "上体其化", "木汁", "2")
"""Of a worn scan: two headers run together, and the print of the page's back beside 总计."""


def header_with(tags: dict[str, Tag], texts: tuple[str, ...] = HEADERS) -> tuple[Table, ...]:
    """The 申请 table of a form, its seven columns headed so; its shape is not the form's: a row is lost."""
    found = []
    form = blank_form("2021")
    last = next(at for table, at in reversed(data_lines(form)) if table == 1)
    for table in tables(drop(form, 1, last)):
        own = [c for c in table.cells if c.text in ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构")]
        if not own:
            continue
        row = max(c.row for c in own)
        start = min(c.column for c in own)
        end = table.column_count
        instead = dict(zip(range(start, end), texts, strict=True))
        cells = [
            replace(
                c,
                text=instead[c.column],
                confidence=0.6,
                tags=tuple(t for k, t in tags.items() if k == instead[c.column]),
            )
            if c.column >= start and c.row <= row < c.row + c.row_span
            else c
            for c in table.cells
        ]
        found.append(replace(table, cells=tuple(cells)))
    return tuple(found)


def is_headed(found: tuple[Table, ...]) -> bool:
    match = match_form(printed_rows(found), Settings().labels)
    assert match is not None
    return bool(read_headers(match.rows))


def test_headers_that_are_as_many_as_columns_but_other_ones_are_not_believed() -> None:
    """Each figure would be its neighbour's."""
    whole = (*HEADERS[:6], "总 针")
    assert is_headed(header_with({}, whole))
    assert not is_headed(header_with({"木汁": Tag("column.total", 0.62)}, whole))
    assert not is_headed(header_with({}))  # a figure is no header, whatever the classifier says


def test_an_unreadable_header_among_the_others_is_believed() -> None:
    texts = (*HEADERS[:4], "律服务机", "其他", "总计")
    assert is_headed(header_with({}, texts))
