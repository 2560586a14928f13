"""Narrative figures found as more characters are misread.

    python -m training.narrative --split test --reports 40

Invented reports of a split are typeset without rendering and read as the pipeline reads them; a figure is right where
its name and value are. `legible` is the share of the printed figures whose digits are not misread.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from rich.console import Console
from rich.table import Table

from extraction.document import Region, RegionKind, Span
from extraction.geometry import Box
from extraction.text.narrative import read_narrative
from extraction.text.number_mentions import mask_numbers
from extraction.text.sections import read_text
from models.label_tokens import NOWHERE
from training.labeller.config import DEFAULT, read_config
from training.labeller.data.noise import with_noise_in_place
from training.labeller.data.tagged import Tagged
from training.labeller.data.typeset import typeset
from training.synthetic.content.report import draft_report
from training.synthetic.fonts import Split

STRENGTHS = (0.0, 0.03, 0.1)
"""Shares of characters misread."""

_PAGE = (0.595, 0.842)  # points of an A4 page in a thousandth of its sides
_RECOGNISER_CONFIDENCE = 0.9  # of a line

_Figures = Counter[tuple[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Read:
    """The figures of a report by name and value: found, printed, and of these the legible ones."""

    found: _Figures
    printed: _Figures
    legible: _Figures


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.narrative", description=__doc__)
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev", help="whose reports are invented")
    parser.add_argument("--reports", type=int, default=60, help="how many")
    parser.add_argument("--first", type=int, default=50_000_000, help="the number of the first")
    given = parser.parse_args(arguments)
    table = Table("misread", "precision", "recall", "F1", "legible", "of these found")
    for rate in STRENGTHS:
        read = [read_report(n, given.split, rate) for n in range(given.first, given.first + given.reports)]
        table.add_row(f"{rate:.0%}", *shares(read))
    Console().print(table)
    return 0


def read_report(seed: int, split: Split, rate: float) -> Read:
    """Return an invented report with a share of its characters misread, as read."""
    how = replace(read_config(DEFAULT).noise, rates=((rate, rate),), shares=(1.0,), wordings=0.0)
    how = how if rate else replace(how, pieces=0.0)
    draft = draft_report(seed, split)
    pages = [
        with_noise_in_place(page, Random(seed * 100 + number), how) for number, page in enumerate(typeset(draft), 1)
    ]
    regions = [region for number, page in enumerate(pages, 1) for region in _regions(page, number, rate)]
    found = read_narrative(read_text(regions).paragraphs, draft.report.year)
    printed = Counter((f.id, f.value) for f in draft.report.narrative)
    legible = Counter(set(_legible([tagged for page in pages for tagged in page])))
    return Read(Counter((f.id, f.value) for f in found), printed, printed & legible)


def _regions(page: Sequence[Tagged], number: int, rate: float) -> Iterator[Region]:
    """Yield the lines of running text of a page."""
    for tagged in page:
        if not tagged.cell:
            span = Span(tagged.text, number, _box(tagged), _RECOGNISER_CONFIDENCE if rate else 1.0)
            yield Region(RegionKind.TEXT, (span,), page=number)


def _box(tagged: Tagged) -> Box | None:
    if tagged.box == NOWHERE:
        return None
    (left, top, right, bottom), (across, down) = tagged.box, _PAGE
    return Box(left * across, top * down, right * across, bottom * down)


def _legible(page: Sequence[Tagged]) -> Iterator[tuple[str, Decimal]]:
    """Yield every tagged figure whose digits are intact, across line breaks."""
    running = [tagged for tagged in page if not tagged.cell]
    text, tags = "".join(t.text for t in running), [tag for t in running for tag in t.tags]
    said = mask_numbers(text).mentions.values()
    for tag in {tag for tag in tags if tag.startswith("narrative.")}:
        places = {k for k, other in enumerate(tags) if other == tag}
        numbers = [m.value for m in said if places & set(range(m.start, m.end))]
        yield from ((tag.removeprefix("narrative."), value) for value in numbers or (Decimal(0),))


def shares(read: Sequence[Read]) -> Iterator[str]:
    """Yield precision, recall, F1, the legible share of printed figures, and the share of legible ones found."""
    found, printed, legible = (
        sum(counts.total() for counts in every)
        for every in ([r.found for r in read], [r.printed for r in read], [r.legible for r in read])
    )
    right = sum((r.found & r.printed).total() for r in read)
    for share, whole in (
        (right, found),
        (right, printed),
        (2 * right, found + printed),
        (legible, printed),
        (sum((r.found & r.legible).total() for r in read), legible),
    ):
        yield f"{share / whole:.1%}" if whole else ""


if __name__ == "__main__":
    raise SystemExit(main())
