"""How many figures in sentences are found, by forms of words, by the token classifier, and by both.

    python -m training.narrative --split test --model models/weights/labeller

Invented reports of a split are set without rendering and read as the pipeline reads them; a figure is right where its
name and value both are. Without a network there is only the reader by forms of words.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from extraction.document import Box, Mark, Region, RegionKind, Report, Span
from extraction.narrative import READERS, read_narrative
from extraction.sections import Paragraph, read_text
from models.label_tokens import NOWHERE
from models.labeller import Labeller
from training.labeller.config import DEFAULT, read_config
from training.labeller.noise import spoilt
from training.labeller.tagged import Tagged
from training.labeller.typeset import typeset
from training.synthetic.content import draft_report

STRENGTHS = (0.0, 0.03, 0.1)
"""Shares of characters misread."""

_PAGE = (0.595, 0.842)  # points of an A4 page in a thousandth of it
_Read = tuple[tuple[Paragraph, ...], Report]


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m training.narrative", description=__doc__)
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev", help="whose reports are invented")
    parser.add_argument("--model", type=Path, help="folder of the network (default: none)")
    parser.add_argument("--reports", type=int, default=60, help="how many")
    parser.add_argument("--first", type=int, default=50_000_000, help="the number of the first")
    given = parser.parse_args(arguments)
    labeller = Labeller(threads=1, folder=given.model) if given.model else None
    table = Table("misread", *(f"{reader} {what}" for reader in READERS for what in ("P", "R", "F1")))
    for rate in STRENGTHS:
        read = [read_report(n, given.split, rate, labeller) for n in range(given.first, given.first + given.reports)]
        table.add_row(f"{rate:.0%}", *(share for reader in READERS for share in _shares(scored(read, reader))))
    Console().print(table)
    return 0


def read_report(seed: int, split: str, rate: float, labeller: Labeller | None) -> _Read:
    """The paragraphs of an invented report of which so many characters are misread, and its gold."""
    how = replace(read_config(DEFAULT).noise, rates=((rate, rate),), shares=(1.0,), wordings=0.0, placeless=0.0)
    how = how if rate else replace(how, pieces=0.0, jitter=0.0, squeezed=0.0)
    draft = draft_report(seed, split)  # type: ignore[arg-type]  # argparse lets only splits through
    regions: list[Region] = []
    for number, page in enumerate(typeset(draft), 1):
        regions += _regions(spoilt(page, Random(seed * 100 + number), how), number, labeller)
    return read_text(regions).paragraphs, draft.report


def _regions(page: Sequence[Tagged], number: int, labeller: Labeller | None) -> Iterator[Region]:
    """The lines of running text of a page, marked."""
    runs = labeller.label([tagged.piece for tagged in page]).runs if labeller else ()
    for index, tagged in enumerate(page):
        if not tagged.cell:
            marks = tuple(Mark(r.tag, r.start, r.end, r.probability) for r in runs if r.piece == index)
            yield Region(RegionKind.TEXT, (Span(tagged.text, number, _box(tagged), marks=marks),), page=number)


def _box(tagged: Tagged) -> Box | None:
    if tagged.box == NOWHERE:
        return None
    (left, top, right, bottom), (across, down) = tagged.box, _PAGE
    return Box(left * across, top * down, right * across, bottom * down)


def scored(read: Sequence[_Read], reader: str) -> tuple[int, int, int]:
    """How many figures were found, how many are printed, how many of either are both."""
    found = printed = right = 0
    for paragraphs, report in read:
        ours = Counter((f.id, f.value) for f in read_narrative(paragraphs, report.year, reader))
        gold = Counter((f.id, f.value) for f in report.narrative)
        found, printed, right = found + ours.total(), printed + gold.total(), right + (ours & gold).total()
    return found, printed, right


def _shares(counts: tuple[int, int, int]) -> Iterator[str]:
    found, printed, right = counts
    yield f"{right / found:.1%}" if found else ""
    yield f"{right / printed:.1%}" if printed else ""
    yield f"{2 * right / (found + printed):.1%}" if found + printed else ""


if __name__ == "__main__":
    raise SystemExit(main())
