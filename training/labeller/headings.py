"""Section headings, organization and year by rules, by the token classifier, and by both.

    python -m training.labeller.headings --split dev --reports 60

Invented reports are typeset without rendering and some of their characters misread. A heading is right where section
and line are; an organization where it is the whole name as it was read; a year by its number. "Both" is for headings
what the pipeline does (`extraction.text.sections`), for organization and year the classifier where rules find nothing.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import track
from rich.table import Table

from extraction.document import Region, RegionKind, Span, Tag
from extraction.text.report_head import read_heading
from extraction.text.sections import read_text
from models.labeller import Labeller, Labelling, Probabilities
from training.labeller.config import DEFAULT, read_config
from training.labeller.data.noise import with_noise_in_place
from training.labeller.data.tagged import Tagged
from training.labeller.data.typeset import typeset
from training.labeller.evaluate import STRENGTHS
from training.synthetic.content.report import draft_report
from training.synthetic.fonts import Split

_MIN_CLASSIFIER_PROBABILITY = 0.9  # for the classifier to be used where rules find nothing
_RECOGNISER_CONFIDENCE = 0.9  # of a line
_HEADING = "heading."
_YEAR = re.compile(r"20[0-4]\d")

Named = tuple[str, str]
"""What is found (organization, year, or the name of a heading), and its text or number."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one method finds in a report: headings with their lines, organization and year ("" for none)."""

    headings: frozenset[Named]
    organization: str
    year: str


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.labeller.headings", description=__doc__)
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev", help="whose reports are invented")
    parser.add_argument("--model", type=Path, help="folder of another network than the one in use")
    parser.add_argument("--reports", type=int, default=60, help="how many")
    parser.add_argument("--first", type=int, default=60_000_000, help="the number of the first")
    given = parser.parse_args(arguments)
    labeller = Labeller(threads=1, folder=given.model)
    table = Table("misread", "who", "headings found", "wrong", "organization right", "wrong", "year right", "wrong")
    for name, rate in STRENGTHS.items():
        counts: Counter[str] = Counter()
        for seed in track(range(given.first, given.first + given.reports), name, transient=True):
            counts.update(_counted(seed, given.split, rate, labeller))
        for who in ("rules", "classifier", "both"):
            table.add_row(f"{name} ({rate:.0%})", who, *_shares(counts, who))
    Console(width=120).print(table)
    return 0


def _counted(seed: int, split: Split, rate: float, labeller: Labeller) -> Iterator[str]:
    """Yield for each method "<method> <kind> right" and "<method> <kind> wrong"; "<kind>" for each that is printed."""
    how = replace(read_config(DEFAULT).noise, rates=((rate, rate),), shares=(1.0,), wordings=0.0)
    draft = draft_report(seed, split)
    pages = [with_noise_in_place(page, Random(seed * 100 + n), how) for n, page in enumerate(typeset(draft), 1)]
    said = [_lines(pages, tag) for tag in ("organization", "year")]
    headings = {(tag, "".join(t.text.split())) for page in pages for t in page for tag in _headings_in(t)}
    labellings = [labeller.label([t.piece for t in page]) for page in pages]
    rules, tagged = by_rules(pages), by_rules(pages, labellings, labeller.tags)
    sure = by_tags(pages, labellings, labeller.tags, _MIN_CLASSIFIER_PROBABILITY)
    both = Told(tagged.headings, rules.organization or sure.organization, rules.year or sure.year)
    ways = {"rules": rules, "classifier": by_tags(pages, labellings, labeller.tags, 0.0), "both": both}
    yield from ["headings"] * len(headings)
    yield from (what for what, texts in zip(("organization", "year"), said, strict=True) if texts)
    for who, told in ways.items():
        for found in told.headings:
            yield f"{who} headings {'right' if found in headings else 'wrong'}"
        if told.organization:
            yield f"{who} organization {'right' if told.organization in said[0] else 'wrong'}"
        if told.year:
            yield f"{who} year {'right' if told.year == str(draft.report.year) else 'wrong'}"


def by_rules(pages: Sequence[Sequence[Tagged]], labellings: Sequence[Labelling] = (), tags: Sequence[str] = ()) -> Told:
    """Return what the pipeline finds, with the classifier's tags of lines if given."""
    regions = []
    for number, (page, labelling) in enumerate(zip_longest(pages, labellings), 1):
        rows = labelling.pieces if labelling else [None] * len(page)
        for tagged, row in zip(page, rows, strict=True):
            if not tagged.cell:
                span = Span(
                    tagged.text, number, None, _RECOGNISER_CONFIDENCE, () if row is None else _likeliest(row, tags)
                )
                regions.append(Region(RegionKind.TEXT, (span,), page=number))
    text = read_text(regions)
    heading = read_heading(text)
    found = zip(text.sections, text.headings, strict=True)
    headings = frozenset((f"{_HEADING}{section.id}", "".join(p.text.split())) for section, p in found)
    return Told(headings, heading.organization or "", str(heading.year or ""))


def _likeliest(row: Probabilities, tags: Sequence[str]) -> tuple[Tag, ...]:
    best = int(row.argmax())
    return (Tag(tags[best - 1], float(row[best])),) if best else ()


def by_tags(
    pages: Sequence[Sequence[Tagged]], labellings: Sequence[Labelling], tags: Sequence[str], sure: float
) -> Told:
    """Return what the classifier finds with at least this probability."""
    headings: dict[str, tuple[float, str]] = {}
    parts: dict[str, tuple[float, str]] = {}
    for page, labelling in zip(pages, labellings, strict=True):
        for tagged, row in zip(page, labelling.pieces, strict=True):
            best = int(row.argmax())
            if best and tags[best - 1].startswith(_HEADING) and not tagged.cell and row[best] >= sure:
                mine = float(row[best]), "".join(tagged.text.split())
                headings[tags[best - 1]] = max(mine, headings.get(tags[best - 1], mine))
        for run in labelling.runs:
            text = page[run.piece].text[run.start : run.end].strip()
            if run.tag in ("organization", "year") and run.probability >= sure and not page[run.piece].cell:
                parts[run.tag] = max((run.probability, text), parts.get(run.tag, (0.0, "")))
    year = _YEAR.search(parts.get("year", (0.0, ""))[1])
    name = parts.get("organization", (0.0, ""))[1]
    return Told(frozenset((tag, text) for tag, (_, text) in headings.items()), name, year[0] if year else "")


def _headings_in(tagged: Tagged) -> set[str]:
    return {tag for tag in tagged.tags if tag.startswith(_HEADING)}


def _lines(pages: Sequence[Sequence[Tagged]], tag: str) -> set[str]:
    """Return the texts tagged with this, as read, across line breaks."""
    running = [t for page in pages for t in page if not t.cell]
    text = "".join(t.text for t in running)
    mask = "".join("x" if other == tag else "-" for t in running for other in t.tags)
    return {re.sub(r"\s+", "", text[m.start() : m.end()]) for m in re.finditer("x+", mask)}


def _shares(counts: Counter[str], who: str) -> Iterator[str]:
    for what in ("headings", "organization", "year"):
        for end in ("right", "wrong"):
            yield f"{counts[f'{who} {what} {end}'] / counts[what]:.1%}" if counts[what] else ""


if __name__ == "__main__":
    raise SystemExit(main())
