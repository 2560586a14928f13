"""`gouji annotations validate`: faults of data sets, in each report, between reports and splits."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from annotations.pages import DocumentFacts, document_facts
from annotations.store import SPLITS, Annotation, gold_paths, of_document, read_gold, read_split
from annotations.validation.constraints import findings_in
from annotations.validation.findings import Finding
from annotations.validation.value_types import wrong_types
from extraction.document import Status
from extraction.errors import InputError, UsageError
from extraction.geometry import Box

Key = TypeVar("Key", bound=Hashable)

_MIN_COMMON_FIGURES_SHARE = 0.95
"""Of figures other than zeros, from which two reports count as duplicates."""
_MIN_FIGURES = 12
_PAGE_EDGE_TOLERANCE_POINTS = 0.5
"""By which a box may reach over the edge of its page."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An annotation with its file, and the splits of its data set that name it."""

    annotation: Annotation
    path: Path
    splits: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The annotation's id."""
        return self.annotation.id


def validate(folders: Sequence[Path]) -> list[Finding]:
    """Return all faults and open work of these data sets. Raises UsageError for a folder without gold."""
    findings: list[Finding] = []
    every: list[Entry] = []
    for folder in folders:
        entries, faults = _read(folder)
        findings += faults
        for entry in entries:
            findings += findings_in(entry.annotation)
        findings += _split_findings(folder, entries)
        every += [e for e in entries if not any(wrong_types(e.annotation))]  # nothing can be said of the others
    findings += [finding for entry in every for finding in _document_findings(entry)]
    return [*findings, *_duplicates(every), *_leaks(every)]


def _read(folder: Path) -> tuple[list[Entry], list[Finding]]:
    paths = gold_paths(folder)
    if not paths:
        raise UsageError(f"{folder} has neither reports/*.json nor */gold.json")
    splits = _splits(folder)
    entries: list[Entry] = []
    faults: list[Finding] = []
    for path in paths:
        name = path.parent.name if path.name == "gold.json" else path.stem
        try:
            annotation = read_gold(path)
        except ValueError as error:
            faults.append(Finding(name, "", str(error)))
            continue
        entries.append(Entry(annotation, path, tuple(s for s, ids in splits.items() if annotation.id in ids)))
        if annotation.id != name:
            faults.append(Finding(name, "id", f"is {annotation.id!r}; the file's name and the id are the same"))
    return entries, faults


def _splits(folder: Path) -> dict[str, list[str]]:
    return {s: read_split(folder, s) for s in SPLITS if (folder / "splits" / f"{s}.txt").is_file()}


# ---- a report and its documents


def _document_findings(entry: Entry) -> Iterator[Finding]:
    annotation = entry.annotation
    if not annotation.documents:
        yield Finding(entry.id, "documents", "names none")
    for name in annotation.documents:
        try:
            facts = document_facts(entry.path.parent / name)
        except OSError as error:
            yield Finding(entry.id, name, f"cannot be read: {error.strerror}")
            continue
        except InputError as error:
            yield Finding(entry.id, name, str(error))
            continue
        yield from (Finding(entry.id, name, m) for m in _source_faults(of_document(annotation, name), facts))
        yield from (Finding(entry.id, place, m) for place, m in _place_faults(annotation, facts.sizes))


def _source_faults(annotation: Annotation, facts: DocumentFacts) -> Iterator[str]:
    source = annotation.report.source
    if source.sha256 != facts.sha256:
        yield f"its SHA-256 is {facts.sha256}, the gold is of {source.sha256}"
    if source.media_type != facts.media_type:
        yield f"is {facts.media_type}, not {source.media_type}"
    if source.pages is not None and source.pages != len(facts.sizes):
        yield f"has {len(facts.sizes)} pages, not {source.pages}"


def _place_faults(annotation: Annotation, sizes: Sequence[tuple[float, float]]) -> Iterator[tuple[str, str]]:
    for place, page, box in _places(annotation):
        if page is None:
            if box is not None:
                yield place, "has a box and no page"
        elif not 1 <= page <= len(sizes):
            yield place, f"is on page {page} of {len(sizes)}"
        elif box is not None:
            width, height = sizes[page - 1]
            if box.left >= box.right or box.top >= box.bottom:
                yield place, f"its box {tuple(box)} is inside out"
            elif (
                box.left < -_PAGE_EDGE_TOLERANCE_POINTS
                or box.top < -_PAGE_EDGE_TOLERANCE_POINTS
                or box.right > width + _PAGE_EDGE_TOLERANCE_POINTS
                or box.bottom > height + _PAGE_EDGE_TOLERANCE_POINTS
            ):
                yield place, f"its box {tuple(box)} reaches over the page of {width:.1f} x {height:.1f} points"


def _places(annotation: Annotation) -> Iterator[tuple[str, int | None, Box | None]]:
    report = annotation.report
    yield from ((f.id, f.page, f.box) for f in report.fields)
    yield from ((f"section {s.id}", s.page, None) for s in report.sections)
    yield from ((f"extra row {r.label}", r.page, None) for r in report.extra_rows)
    yield from ((f"narrative {n.id}", n.page, None) for n in report.narrative)
    yield from ((f"label {n.name}", n.page, n.box) for n in annotation.labels)
    for number, table in enumerate(annotation.tables, 1):
        yield f"table {number}", table.page, table.box
        for cell in table.cells:
            yield f"table {number} row {cell.row} column {cell.column}", cell.page, cell.box


# ---- between reports


def _duplicates(entries: Sequence[Entry]) -> Iterator[Finding]:
    ids = _grouped((e.id, e) for e in entries)
    for one, *others in ids.values():
        yield from (Finding(o.id, "id", f"is that of {one.path} and of {o.path}") for o in others)
    hashes = _grouped((h, e) for e in entries for h in _hashes(e.annotation))
    for one, *others in hashes.values():
        yield from (Finding(o.id, "", f"has the same document as {one.id}") for o in others)
    years = _grouped(
        ((r.organization, r.year), e) for e in entries if (r := e.annotation.report).organization and r.year
    )
    for (organization, year), (one, *others) in years.items():
        yield from (Finding(o.id, "", f"is of {organization} {year}, like {one.id}") for o in others)
    told = {id(o) for _, *others in years.values() for o in others}
    figures = [(e, _figures(e.annotation)) for e in entries if id(e) not in told]
    busy = [(e, f) for e, f in figures if len(f) >= _MIN_FIGURES]
    for (one, a), (other, b) in itertools.combinations(busy, 2):
        if len(a & b) >= _MIN_COMMON_FIGURES_SHARE * max(len(a), len(b)):
            yield Finding(other.id, "", f"{len(a & b)} of its {len(b)} figures other than zero are those of {one.id}")


def _grouped(pairs: Iterable[tuple[Key, Entry]]) -> dict[Key, list[Entry]]:
    groups: dict[Key, list[Entry]] = defaultdict(list)
    for key, entry in pairs:
        groups[key].append(entry)
    return groups


def _hashes(annotation: Annotation) -> set[str]:
    return {of_document(annotation, name).report.source.sha256 for name in annotation.documents}


def _figures(annotation: Annotation) -> set[tuple[str, str]]:
    """Return the printed figures other than zeros."""
    return {(f.id, str(f.value)) for f in annotation.report.fields if f.status is Status.READ and f.value}


# ---- splits


def _split_findings(folder: Path, entries: Sequence[Entry]) -> Iterator[Finding]:
    splits, ids = _splits(folder), {e.id for e in entries}
    for split, named in splits.items():
        for annotation_id in named:
            if annotation_id not in ids:
                yield Finding(annotation_id, f"split {split}", "has no gold")
        if len(named) != len(set(named)):
            yield Finding(folder.name, f"split {split}", "names a report twice")
    for entry in entries:
        meant = entry.annotation.facts.get("split")
        if meant is not None and entry.splits and meant not in entry.splits:
            yield Finding(entry.id, "split", f"was made for {meant} and is in {' and '.join(entry.splits)}")
        if splits and len(entry.splits) != 1:
            yield Finding(entry.id, "split", f"is in {' and '.join(entry.splits) or 'none'}; every report is in one")


def _leaks(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Yield what is in two splits and may be in one only: organizations, renderers, fonts. (Documents: see
    duplicates.)"""
    for organization, found in _grouped((e.annotation.report.organization, e) for e in entries).items():
        parts = {s: e for e in found for s in e.splits}
        if organization and len(parts) > 1:
            yield Finding("splits", "", f"{organization} is in {_said(parts)}")
    for name, kind in (("made_by", "renderer"), ("fonts", "font")):
        looks = _grouped((value, e) for e in entries for value in _renderers_or_fonts(e.annotation, name))
        for value, found in looks.items():
            parts = {s: e for e in found for s in e.splits}
            if len(parts) > 1:
                yield Finding("splits", "", f"the {kind} {value} is in {_said(parts)}")


def _said(parts: Mapping[str, Entry]) -> str:
    return ", ".join(f"{split} ({entry.id})" for split, entry in sorted(parts.items()))


def _renderers_or_fonts(annotation: Annotation, name: str) -> set[str]:
    """Return the renderer, or the fonts that the facts name (separated by commas)."""
    if name == "made_by":
        return {annotation.made_by.partition("+")[0]} - {""}  # what printed it, without how it was scanned
    texts = [
        text for key, text in annotation.facts.items() if key in ("font", "fonts") or key.endswith(("_font", " font"))
    ]
    return {font.strip() for text in texts for font in text.split(",")} - {""}
