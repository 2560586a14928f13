"""Two classifiers on the same pages: the frozen test split, and held-out annotated reports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.progress import track

from models.gate.comparison import Trial
from models.gate.outcomes import Outcome, changes
from models.labeller import Labeller
from training.labeller.config import ComparisonConfig
from training.labeller.data.tagged import Tagged
from training.labeller.data.typeset import typeset
from training.labeller.evaluate import FROZEN, judged, misread_page
from training.synthetic.content.report import draft_report

LABELS = ("row", "column", "heading")
"""The kinds that are compared."""


class ShownPage(NamedTuple):
    """A page with the tags of its pieces, and its report."""

    report: str
    page: Sequence[Tagged]


def frozen_pages(config: ComparisonConfig) -> list[ShownPage]:
    """Return the pages of invented reports of the test split, misread at each rate; the same in every run."""
    found: list[ShownPage] = []
    for number in range(FROZEN, FROZEN + config.reports):
        draft = draft_report(number, "test")
        for index, page in enumerate(typeset(draft)):
            found += [ShownPage(draft.id, misread_page(page, number + index, rate)) for rate in config.misread]
    return found


def frozen(old: Labeller, new: Labeller, config: ComparisonConfig) -> Trial:
    """Return the outcomes of both networks on the frozen test split."""
    rates = ", ".join(f"{rate:.0%}" for rate in config.misread)
    about = f"测试划分的虚构报告，字符误识率 {rates}"
    return tested(old, new, frozen_pages(config), "frozen test split", about, held_out=False)


def tested(old: Labeller, new: Labeller, pages: Sequence[ShownPage], name: str, about: str, *, held_out: bool) -> Trial:
    """Return the outcomes of both networks on the pages."""
    before, after = (
        outcomes(network, track(pages, f"testing on the {name}", transient=True)) for network in (old, new)
    )
    reports = len({page.report for page in pages})
    return Trial(name, about, pages_hash(pages), reports, held_out, tuple(changes(before, after)))


def outcomes(labeller: Labeller, pages: Iterable[ShownPage]) -> list[Outcome]:
    """Return the outcome of every label of the pages; narrative figures are left out, as patterns read them."""
    return [
        Outcome(report, label.kind, label.right)
        for report, page in pages
        for label in judged(labeller, page)
        if label.kind in LABELS
    ]


def pages_hash(pages: Iterable[ShownPage]) -> str:
    """Return a hash of the text and the tags of pages."""
    digest = hashlib.sha256()
    for report, page in pages:
        for tagged in page:
            digest.update(f"{report}\t{tagged.text}\t{' '.join(tagged.tags)}\n".encode())
    return digest.hexdigest()


def labeller_in(folder: Path) -> Labeller:
    """Return the classifier that training has written to a folder."""
    return Labeller(threads=2, folder=folder)
