"""Scans with gold -> character confusions of the real recognisers, for the noise of training pages.

    python -m training.labeller.data.confusions TRAIN

reads the scanned reports of a data set as Gouji does, compares every label with its gold, and writes `confusions.json`:
for each character what was read in its place ("" for nothing), and how often.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from rich.progress import track

from annotations.store import Annotation, gold_paths, read_gold
from extraction.document import Region
from extraction.labelling.tagger_input import pieces_of
from extraction.pipeline import read_document
from extraction.settings import Settings
from models.label_tokens import characters
from models.loaded import Models
from training.labeller.data.noise import CONFUSIONS

_MIN_IOU = 0.5  # of a piece and a label, to be compared
_MAX_ERROR_SHARE = 0.7  # of characters, for the two texts to be the same print


def main(arguments: list[str] | None = None) -> int:
    """Count and write the confusions; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.labeller.data.confusions", description=__doc__)
    parser.add_argument("dataset", type=Path, help="folder of a data set")
    parser.add_argument("--out", type=Path, default=CONFUSIONS, help="file to write")
    parser.add_argument("--every", type=int, default=1, help="read only every nth report")
    given = parser.parse_args(arguments)
    models, settings = Models(threads=1), Settings()
    found: Counter[tuple[str, str]] = Counter()
    for path in track(gold_paths(given.dataset)[:: given.every], "reading scans"):
        gold = read_gold(path)
        if gold.level != "digital":
            contents = read_document(path.with_name(gold.documents[0]), models, settings)
            found.update(misread(read_pairs(gold, contents.regions)))
    given.out.write_text(dump_confusions(found), encoding="utf-8")
    print(f"{given.out}: {found.total()} misread characters")
    return 0


def read_pairs(gold: Annotation, regions: Iterable[Region]) -> Iterator[tuple[str, str]]:
    """Yield (printed text, text read) of every label whose place a piece has."""
    labels = [label for label in gold.labels if label.box is not None]
    for page in pieces_of(tuple(regions)):
        for source in page.sources:
            box = source.box
            if box is None:
                continue
            for label in labels:
                if label.page == source.page and label.box is not None:
                    shared = label.box.overlap(box)
                    if shared > _MIN_IOU * (label.box.area + box.area - shared):
                        yield label.text, source.text


def misread(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (character, text read in its place) wherever the two differ, of pairs that are the same print."""
    for printed, read in pairs:
        wanted, given = (tuple(c for _, c in characters(text)) for text in (printed, read))
        steps = Levenshtein.opcodes(wanted, given)
        wrong = sum(max(s.src_end - s.src_start, s.dest_end - s.dest_start) for s in steps if s.tag != "equal")
        if not wanted or wrong > _MAX_ERROR_SHARE * len(wanted):
            continue
        for step in steps:
            if step.tag == "replace" and step.src_end - step.src_start == step.dest_end - step.dest_start:
                for offset in range(step.src_end - step.src_start):
                    yield wanted[step.src_start + offset], given[step.dest_start + offset]
            elif step.tag == "delete":
                yield from ((character, "") for character in wanted[step.src_start : step.src_end])


def dump_confusions(found: Mapping[tuple[str, str], int]) -> str:
    """Return the confusions as JSON text, one character a line, the most frequent first."""
    by_character: dict[str, dict[str, int]] = defaultdict(dict)
    for (character, read), count in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        by_character[character][read] = count
    lines = [
        f"{json.dumps(c, ensure_ascii=False)}: {json.dumps(by_character[c], ensure_ascii=False)}"
        for c in sorted(by_character)
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    raise SystemExit(main())
