"""Training cells in rounds of batches: all examples follow from the seed, so a run can be reproduced.

Cells are drawn once, into files, before training begins; existing files are kept. A round mixes them with crops of
pages, which are jittered anew each time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from models.cells.charset import classes_of
from models.cells.crop import HEIGHT, Grey, bucket
from training.digits.config import ShownConfig
from training.digits.degradation import scanned
from training.digits.drawing import Random, draw
from training.digits.pages import PageCell, shown

_MIN_CONTRAST_GREY_VALUES = 12  # a crop of less contrast is blank paper, whatever was drawn
_FILE_CELLS = 1000


class Example(NamedTuple):
    """A crop, and the classes of its text."""

    picture: Grey
    classes: list[int]


class Batch(NamedTuple):
    """Examples that are padded to one width, in pixels."""

    width: int
    examples: list[Example]


def drawn_cells(folder: Path, count: int, seed: int) -> list[Example]:
    """Return `count` drawn cells from files in `folder`, drawing the missing ones."""
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Example] = []
    for number, start in enumerate(range(0, count, _FILE_CELLS)):
        path = folder / f"{number:05}.npz"
        if not path.is_file():
            random = np.random.default_rng([seed, 0, number])
            _save(path, [_drawn(random) for _ in range(min(_FILE_CELLS, count - start))])
        found += _load(path)
    return found


def one_round(
    config: ShownConfig, random: Random, drawn: Sequence[Example], pages: Sequence[PageCell], batch: int
) -> list[Batch]:
    """Return the batches of one round, `config.round` of them, in order."""
    by_width: defaultdict[int, list[Example]] = defaultdict(list)
    for from_page in random.random(config.round * batch) < (config.pages if pages else 0.0):
        example = _from_page(random, pages) if from_page else drawn[int(random.integers(len(drawn)))]
        by_width[bucket(example.picture.shape[1])].append(example)
    batches = []
    for width, examples in sorted(by_width.items()):
        short = -len(examples) % batch
        examples += [examples[i] for i in random.integers(len(examples), size=short)]
        batches += [Batch(width, examples[i : i + batch]) for i in range(0, len(examples), batch)]
    order = random.permutation(len(batches))
    return [batches[i] for i in order[: config.round]]


def _drawn(random: Random) -> Example:
    while True:
        cell = draw(random)
        picture = scanned(random, cell)
        legible = not cell.text or int(picture.max()) - int(picture.min()) >= _MIN_CONTRAST_GREY_VALUES
        if legible and _fits(example := Example(picture, classes_of(cell.text))):
            return example


def _from_page(random: Random, pages: Sequence[PageCell]) -> Example:
    while True:
        cell = pages[int(random.integers(len(pages)))]
        if _fits(example := Example(shown(random, cell), classes_of(cell.text))):
            return example


def _fits(example: Example) -> bool:
    """Whether the label fits the width: CTC needs a step a character and one more between equal ones."""
    classes = example.classes
    return len(classes) + sum(a == b for a, b in pairwise(classes)) <= bucket(example.picture.shape[1]) // 4


def _save(path: Path, cells: Sequence[Example]) -> None:
    part = path.with_suffix(".part.npz")
    np.savez(
        part,
        pixels=np.concatenate([c.picture for c in cells], axis=1),
        ends=np.cumsum([c.picture.shape[1] for c in cells]),
        classes=np.array([c for cell in cells for c in cell.classes], np.uint8),
        stops=np.cumsum([len(c.classes) for c in cells]),
    )
    part.replace(path)


def _load(path: Path) -> list[Example]:
    with np.load(path) as data:
        pixels, classes = data["pixels"], data["classes"]
        assert pixels.shape[0] == HEIGHT
        pictures = np.split(pixels, data["ends"][:-1], axis=1)
        texts = np.split(classes, data["stops"][:-1])
        return [Example(p, t.tolist()) for p, t in zip(pictures, texts, strict=True)]
