"""Alignment of rows and columns on misread labels, with and without the classifier's tags.

    python -m training.labeller.aligned --split test --reports 60

Tables of invented reports are read with their labels misread, misprinted or worded as in no other split; figures stay
as printed, so that every error is a label's. Counted are labels named rightly, and the outcomes of figures: accepted in
their own field, in review, accepted in another field (silent error).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import track
from rich.table import Table as Shown

from annotations.printed_labels import labels_of
from extraction.document import Cell, Label, Region, RegionKind, Status, Table
from extraction.figures import parse_figure
from extraction.forms.label_similarity import core
from extraction.forms.label_tags import tag_of
from extraction.forms.printed_form import FormCell, FormTable
from extraction.geometry import Box
from extraction.ingest.text import read_text
from extraction.labelling.fields import label_fields
from extraction.labelling.token_tagging import with_tags
from extraction.reconcile.decision import decide_by_reading
from extraction.settings import Settings
from models.labeller import Labeller
from models.wordings import Wordings
from training.labeller.data.noise import confusions, misread
from training.labeller.data.provincial import provincial
from training.labeller.data.tagged import Tagged
from training.labeller.data.wordings import annotated_wordings
from training.synthetic.content.draft import Draft
from training.synthetic.content.report import draft_report
from training.synthetic.content.variations import DEFAULTS, NONE, Variations
from training.synthetic.fonts import Split

_METHODS = ("strings", "classifier")
_OUTCOMES = ("accepted", "review", "lost")
_TABLE_WIDTH_POINTS, _ROW_HEIGHT_POINTS = 480.0, 22.0
_TABLE_TOP_POINTS = 70.0


@dataclass(frozen=True, slots=True)
class Trial:
    """Labels as `variations` word them, with the share `misread` of their characters misread.

    `half` is the share of labels with more than half of the characters misread; `lost` that of the rows of figures that
    are not found, so that the shape of the table is no help. `dump`: the tables come as lines of text, tabs between
    cells, without boxes, so that labels are not counted. `province`: a layout that no form has (`provincial.py`).
    """

    variations: Variations | None = None
    misread: float = 0.0
    half: float = 0.0
    lost: float = 0.0
    dump: bool = False
    province: bool = False


TRIALS: Mapping[str, Trial] = {
    "clean": Trial(),
    "light": Trial(misread=0.03),
    "medium": Trial(misread=0.1),
    "heavy": Trial(misread=0.3),
    "half illegible": Trial(misread=0.05, half=0.5),
    "lines lost": Trial(misread=0.1, lost=0.1),
    "half illegible, lines lost": Trial(misread=0.05, half=0.5, lost=0.1),
    "misprints": Trial(replace(NONE, misprinted_labels=1.0, header_line_lost=0.3, spaced_rules=0.3, header_change=0.5)),
    "unseen wordings": Trial(replace(NONE, held_out_wordings=1.0)),
    "unseen, medium": Trial(replace(NONE, held_out_wordings=1.0), misread=0.1),
    "text dump": Trial(dump=True),
    "text dump, light": Trial(misread=0.03, dump=True),
    "text dump, medium": Trial(misread=0.1, dump=True),
    "text dump, lines lost": Trial(misread=0.1, lost=0.1, dump=True),
}
"""Degradation of labels by name; unseen wordings are the test split's."""

_PROVINCE = Trial(misread=0.03, province=True)
_FIRST_ANNOTATED_REPORT = 70_000_000  # the number of the first annotated report of the new layout


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.labeller.aligned", description=__doc__)
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev", help="whose reports are invented")
    parser.add_argument("--model", type=Path, help="folder of another network than the one in use")
    parser.add_argument("--reports", type=int, default=60, help="how many")
    parser.add_argument("--first", type=int, default=60_000_000, help="the number of the first")
    parser.add_argument("--province", type=int, metavar="N", help="instead: a layout of its own, N reports annotated")
    parser.add_argument("-o", "--out", type=Path, help="write the counts as JSON too")
    given = parser.parse_args(arguments)
    labeller = Labeller(threads=1, folder=given.model)
    seeds = range(given.first, given.first + given.reports)
    if given.province is None:
        counts = {name: _tried(trial, given.split, seeds, labeller, name) for name, trial in TRIALS.items()}
    else:
        wordings = annotated_wordings(map(_labels, _province(given.province)))
        counts = {"province": _tried(_PROVINCE, given.split, seeds, labeller, "province", wordings)}
    console = Console() if sys.stdout.isatty() else Console(width=140)
    console.print(_shown(counts))
    if given.out:
        given.out.write_text(json.dumps(counts, indent=1), encoding="utf-8")
    return 0


def _tried(
    trial: Trial, split: Split, seeds: range, labeller: Labeller, name: str, wordings: Wordings = ()
) -> dict[str, dict[str, int]]:
    found = {who: Counter[str]() for who in _METHODS}
    for seed in track(seeds, name, transient=True):
        draft = draft_report(seed, split, trial.variations or DEFAULTS[split])
        draft = provincial(draft) if trial.province else draft
        tables = (dumped if trial.dump else drawn)(draft, trial, Random(seed))
        for who, witness in zip(_METHODS, (None, labeller), strict=True):
            found[who].update(scored(draft, tables, with_tags(tables.regions, witness), wordings))
    return {who: dict(count) for who, count in found.items()}


def _province(reports: int) -> Iterator[Draft]:
    for number in range(_FIRST_ANNOTATED_REPORT, _FIRST_ANNOTATED_REPORT + reports):
        yield provincial(draft_report(number, "train"))


def _labels(draft: Draft) -> list[Label]:
    """Return the labels of a report's tables as its gold would have them."""
    forms = [part for part in draft.parts if isinstance(part, FormTable)]
    return [Label(c.label, c.text) for form in forms for row in form.rows for c in row if c.label and c.text]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The tables of a draft as a reader finds them, one a page. `labels` are tags by page and box, `fields` the
    readable fields."""

    regions: tuple[Region, ...]
    labels: Mapping[tuple[int | None, Box | None], str]
    fields: frozenset[str]


def drawn(draft: Draft, trial: Trial, rng: Random) -> Drawn:
    """Return the tables of a draft after the trial's degradation."""
    labels: dict[tuple[int | None, Box | None], str] = {}
    fields: set[str] = set()
    regions = []
    for page, form in enumerate((part for part in draft.parts if isinstance(part, FormTable)), 1):
        cells = []
        lost = {row for row, key in enumerate(form.keys) if key and rng.random() < trial.lost}
        edges = list(accumulate((w * _TABLE_WIDTH_POINTS for w in form.widths), initial=_TABLE_TOP_POINTS))
        for row, column, cell in form.placed():
            if row in lost and cell.row_span == 1:
                continue
            right = edges[min(column + cell.column_span, len(edges) - 1)]
            box = Box(
                edges[column],
                _TABLE_TOP_POINTS + row * _ROW_HEIGHT_POINTS,
                right,
                _TABLE_TOP_POINTS + (row + cell.row_span) * _ROW_HEIGHT_POINTS,
            )
            cells.append(_read(cell, row, column, page, box, trial, rng))
            if (tag := tag_of(cell.label)) and tag.startswith(("row.", "column.")) and core(cell.text):
                labels[page, box] = tag
            if cell.field is not None:
                fields.add(cell.field)
        around = Box(
            _TABLE_TOP_POINTS, _TABLE_TOP_POINTS, edges[-1], _TABLE_TOP_POINTS + len(form.rows) * _ROW_HEIGHT_POINTS
        )
        table = Table(tuple(cells), page, around)
        regions.append(Region(RegionKind.TABLE, table=table, page=page, box=around))
    return Drawn(tuple(regions), labels, frozenset(fields))


def dumped(draft: Draft, trial: Trial, rng: Random) -> Drawn:
    """Return the tables of a draft as the reader of text dumps gives them."""
    lines: list[str] = []
    fields: set[str] = set()
    for form in (part for part in draft.parts if isinstance(part, FormTable)):
        for row, key in zip(form.rows, form.keys, strict=True):
            if not (key and rng.random() < trial.lost):
                lines.append("\t".join(_misread(cell, trial, rng) for cell in row))
                fields |= {cell.field for cell in row if cell.field is not None}
    return Drawn(read_text("\n".join(lines)).regions, {}, frozenset(fields))


def _read(cell: FormCell, row: int, column: int, page: int, box: Box, trial: Trial, rng: Random) -> Cell:
    """Return a cell as a recogniser gives it: confidence falls with misread characters; figures as printed."""
    text = _misread(cell, trial, rng)
    wrong = sum(a != b for a, b in zip(text, cell.text, strict=False)) / max(1, len(cell.text))
    confidence = max(0.3, 0.999 - wrong)
    return Cell(row, column, text, cell.row_span, cell.column_span, page, box, confidence)


def _misread(cell: FormCell, trial: Trial, rng: Random) -> str:
    if parse_figure(cell.text) is not None:
        return cell.text
    rate = 0.6 if rng.random() < trial.half else trial.misread
    return misread(Tagged(cell.text, ("",) * len(cell.text)), rng, rate, confusions()).text


def scored(draft: Draft, tables: Drawn, regions: tuple[Region, ...], wordings: Wordings = ()) -> Iterator[str]:
    """Yield what to count of one report: `row` and `row right`, the same of columns; fields by outcome.

    Learned `wordings` count as the forms' own.
    """
    settings = Settings()
    named = {(label.page, label.box): tag_of(label.name) for label in labels_of(regions, settings, wordings)}
    for place, tag in tables.labels.items():
        kind = tag.partition(".")[0]
        yield kind
        if named.get(place) == tag:
            yield f"{kind} right"
    found_tables = tuple(region.table for region in regions if region.table is not None)
    labelled = label_fields(found_tables, settings, wordings)
    read = {field.id: field for field in decide_by_reading(labelled.fields)}
    for field in draft.report.fields:
        found = read.get(field.id)
        accepted = found is not None and found.status in (Status.READ, Status.BLANK)
        if field.id in tables.fields:
            yield "fields"
            yield "review" if found and found.status is Status.REVIEW else "lost" if not accepted else "accepted"
        if found is not None and accepted and (field.id not in tables.fields or found.value != field.value):
            yield "silent"


def _shown(counts: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Shown:
    """Return a row for each trial, both methods beside each other."""
    table = Shown("labels", "rows", "", "columns", "", "accepted", "", "review", "", "lost", "", "silent", "")
    shares = (("row right", "row"), ("column right", "column"), *((what, "fields") for what in _OUTCOMES))
    for name, ways in counts.items():
        line = [
            f"{ways[who].get(what, 0) / ways[who][whole]:.2%}" if ways[who].get(whole) else ""
            for what, whole in shares
            for who in _METHODS
        ]
        table.add_row(name, *line, *(str(ways[who].get("silent", 0)) for who in _METHODS))
    table.caption = "each: by their wording alone, and with the classifier"
    return table


if __name__ == "__main__":
    raise SystemExit(main())
