"""Inter-annotator agreement on the same documents: figures, statuses, boxes, labels, and every disagreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotations.store import Annotation, gold_paths, read_gold
from extraction.document import Field, Status
from extraction.errors import UsageError
from extraction.geometry import Box

_HEADING = ("organization", "year", "template", "title")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A place and the two annotators' values for it."""

    id: str
    place: str
    one: str
    other: str

    def __str__(self) -> str:
        return f"{self.id} {self.place}: {self.one} | {self.other}"


@dataclass(frozen=True, slots=True)
class FieldAgreement:
    """How often two annotators give a field the same value, printed text and status."""

    id: str
    agreed: int
    reports: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two annotators compared.

    `kappa` is Cohen's kappa of the fields' statuses, 1 where neither uses more than one. `overlap` is the mean
    intersection over union of the boxes that both have drawn, `boxes` their number. `labels` are the labels that both
    give (name and text), and all that either gives. `only` are ids that one of the two lacks.
    """

    reports: int
    fields: tuple[FieldAgreement, ...]
    kappa: float
    overlap: float
    boxes: int
    labels: tuple[int, int]
    only: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]

    @property
    def agreed(self) -> int:
        """Fields of all reports on which both agree."""
        return sum(f.agreed for f in self.fields)

    @property
    def compared(self) -> int:
        """Fields of all reports that either has."""
        return sum(f.reports for f in self.fields)


def agreement(one: Path, other: Path) -> Agreement:
    """Return the agreement of two data sets of the same documents. Raises UsageError without a common report."""
    first, second = (_annotations(folder) for folder in (one, other))
    common = [i for i in first if i in second]
    if not common:
        raise UsageError(f"{one} and {other} have no report with the same id")
    return compared([(first[i], second[i]) for i in common], only=sorted(first.keys() ^ second.keys()))


def compared(pairs: Sequence[tuple[Annotation, Annotation]], only: Iterable[str] = ()) -> Agreement:
    """Return the agreement of annotations of the same documents, given in pairs."""
    agreed: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    statuses: list[tuple[Status, Status]] = []
    overlaps: list[float] = []
    shared = every = 0
    disagreements: list[Disagreement] = []
    for one, other in pairs:
        disagreements += _heading_disagreements(one, other)
        for field_id, a, b in _fields(one, other):
            seen[field_id] += 1
            agreed[field_id] += _said(a) == _said(b)
            if _said(a) != _said(b):
                disagreements.append(Disagreement(one.id, field_id, _said(a), _said(b)))
            if a is not None and b is not None:
                statuses.append((a.status, b.status))
                if a.box is not None and b.box is not None:
                    overlaps.append(overlap(a.box, b.box) if a.page == b.page else 0.0)
        mine, theirs = (Counter((n.name, "".join(n.text.split())) for n in x.labels) for x in (one, other))
        shared, every = shared + (mine & theirs).total(), every + (mine | theirs).total()
        for source, said in ((mine - theirs, ("given", "not given")), (theirs - mine, ("not given", "given"))):
            disagreements += [Disagreement(one.id, f"label {name} {text}", *said) for name, text in source.elements()]
    return Agreement(
        reports=len(pairs),
        fields=tuple(FieldAgreement(i, agreed[i], seen[i]) for i in seen),
        kappa=cohens_kappa(statuses),
        overlap=sum(overlaps) / len(overlaps) if overlaps else 0.0,
        boxes=len(overlaps),
        labels=(shared, every),
        only=tuple(only),
        disagreements=tuple(disagreements),
    )


def cohens_kappa(pairs: Sequence[tuple[object, object]]) -> float:
    """Return Cohen's kappa (1960): (observed - expected) / (1 - expected), expected by each annotator's own shares.

    1 where both always agree on one value, and where there is nothing to compare.
    """
    count = len(pairs)
    if not count:
        return 1.0
    observed = sum(a == b for a, b in pairs) / count
    one, other = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(one[category] * other[category] for category in one) / count**2
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


def overlap(one: Box, other: Box) -> float:
    """Return the intersection over union of two boxes, 0 where neither has an area."""
    shared = one.overlap(other)
    together = one.area + other.area - shared
    return shared / together if together else 0.0


def _annotations(folder: Path) -> dict[str, Annotation]:
    paths = gold_paths(folder)
    if not paths:
        raise UsageError(f"{folder} has neither reports/*.json nor */gold.json")
    return {a.id: a for a in map(read_gold, paths)}


def _fields(one: Annotation, other: Annotation) -> Iterator[tuple[str, Field | None, Field | None]]:
    mine, theirs = ({f.id: f for f in x.report.fields} for x in (one, other))
    for field_id in dict.fromkeys((*mine, *theirs)):
        yield field_id, mine.get(field_id), theirs.get(field_id)


def _said(field: Field | None) -> str:
    if field is None:
        return "no such field"
    value = "" if field.value is None else f" {field.value:f}"
    return f"{field.status}{value} {field.printed!r}"


def _heading_disagreements(one: Annotation, other: Annotation) -> Iterator[Disagreement]:
    for name in _HEADING:
        mine, theirs = getattr(one.report, name), getattr(other.report, name)
        if mine != theirs:
            yield Disagreement(one.id, name, repr(mine), repr(theirs))
