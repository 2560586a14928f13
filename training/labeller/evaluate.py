"""Labels that the classifier names rightly, beside string matching, as more of a page is misread.

    python -m training.labeller.evaluate --split dev --model RUN/model

Both name each label by itself here; `gouji eval` measures the alignment of all rows.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

from extraction.forms.catalogue import template, template_ids
from extraction.forms.label_similarity import similarity
from extraction.forms.label_tags import UNIT, tag_of
from extraction.settings import LabelSettings
from models.labeller import Labeller
from training.labeller.config import DEFAULT, read_config
from training.labeller.data.noise import with_noise
from training.labeller.data.tagged import Tagged
from training.labeller.data.typeset import typeset
from training.synthetic.content.report import draft_report

STRENGTHS = {"clean": 0.0, "light": 0.03, "medium": 0.1, "heavy": 0.3, "half illegible": 0.5}
"""Share of characters misread."""

FROZEN = 50_000_000
"""Number of the first invented report that networks are tested on; none from here on is trained on."""

_KINDS = ("row", "column", "narrative", "heading")


class Judged(NamedTuple):
    """A label or narrative figure, and whether the network names it rightly."""

    kind: str
    text: str
    tag: str
    right: bool


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.labeller.evaluate", description=__doc__)
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev", help="whose reports are invented")
    parser.add_argument("--model", type=Path, help="folder of another network than the one in use")
    parser.add_argument("--reports", type=int, default=60, help="how many")
    parser.add_argument("--first", type=int, default=FROZEN, help="the number of the first")
    given = parser.parse_args(arguments)
    labeller = Labeller(threads=1, folder=given.model)
    pages = [page for n in range(given.reports) for page in typeset(draft_report(given.first + n, given.split))]
    table = Table("misread", *(f"{kind} {who}" for kind in _KINDS for who in ("network", "strings")))
    for name, rate in STRENGTHS.items():
        counts: Counter[str] = Counter()
        for number, page in enumerate(track(pages, name, transient=True)):
            counts.update(_counted(judged(labeller, misread_page(page, number, rate))))
        table.add_row(name, *_shares(counts))
    Console().print(table)
    return 0


def misread_page(page: Sequence[Tagged], number: int, rate: float) -> list[Tagged]:
    """Return a page with a share of its characters misread, the same for equal numbers; wordings stay."""
    how = replace(read_config(DEFAULT).noise, rates=((rate, rate),), shares=(1.0,), wordings=0.0, placeless=0.0)
    return with_noise(page, Random(number), how)


def judged(labeller: Labeller, page: Sequence[Tagged]) -> Iterator[Judged]:
    """Yield every label that is a whole piece, by the piece's likeliest tag; every narrative figure, by its
    characters."""
    found = labeller.label([tagged.piece for tagged in page])
    runs = {(run.piece, run.tag, run.start, run.end) for run in found.runs}
    for number, (tagged, row) in enumerate(zip(page, found.pieces, strict=True)):
        named = set(tagged.tags) - {""}
        best = int(row.argmax())
        for tag in sorted(named):
            kind = tag.partition(".")[0]
            if kind in ("row", "column", "heading") and named - {UNIT} == {tag}:
                yield Judged(kind, tagged.text, tag, bool(best) and labeller.tags[best - 1] == tag)
            elif kind == "narrative":
                first = tagged.tags.index(tag)
                last = len(tagged.tags) - tagged.tags[::-1].index(tag)
                yield Judged(kind, tagged.text, tag, (number, tag, first, last) in runs)


def _counted(labels: Iterator[Judged]) -> Iterator[str]:
    """Yield for each label "<kind> all", and "<kind> network", "<kind> strings" where that method names it rightly."""
    for label in labels:
        yield f"{label.kind} all"
        if label.right:
            yield f"{label.kind} network"
        if label.kind in ("row", "column") and by_strings(label.text, label.kind) == label.tag:
            yield f"{label.kind} strings"


def by_strings(text: str, kind: str) -> str:
    """Return the label of the most similar wording; "" where none is similar."""
    alike = {
        tag: max(similarity(text, w) for w in words) for tag, words in _wordings().items() if tag.startswith(f"{kind}.")
    }
    best = max(alike, key=alike.__getitem__, default="")
    return best if best and alike[best] >= LabelSettings().min_similarity else ""


@cache
def _wordings() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for form in template_ids():
        for block in template(form).blocks:
            for row in block.rows:
                if row.label:
                    tag = tag_of(f"row.{block.id}.{row.id}")
                    found[tag] = (*found.get(tag, ()), row.label, *row.wordings)
            for column in block.columns:
                tag = tag_of(f"column.{block.id}.{column.id}")
                found[tag] = (*found.get(tag, ()), column.label, *column.wordings)
    return found


def _shares(counts: Mapping[str, int]) -> Iterator[str]:
    for kind in _KINDS:
        for who in ("network", "strings"):
            whole, right = counts.get(f"{kind} all", 0), counts.get(f"{kind} {who}", 0)
            yield f"{right / whole:.2%}" if whole and (who == "network" or kind in ("row", "column")) else ""


if __name__ == "__main__":
    raise SystemExit(main())
