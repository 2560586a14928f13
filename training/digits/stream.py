"""Cells in an endless stream: a process of its own draws and cuts them, training takes from a pool of the latest.

Drawing is slower than training: a cell is shown several times, and training waits only where it would be shown more
often than the recipe allows.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from models.cell_crop import Grey, bucket
from models.charset import classes_of
from training.digits.config import StreamConfig
from training.digits.drawing import Random, draw
from training.digits.pages import PageCell, load_cells, shown
from training.digits.spoiling import scanned

_LOST = 12  # grey values: a picture of less contrast is blank paper, whatever was drawn
_NICE = 5  # below the training that it feeds


class Example(NamedTuple):
    """What the network sees, and the classes of what is printed."""

    picture: Grey
    classes: list[int]


class Stream:
    """Batches of examples of one width each, for ever. `close` ends the process that makes them."""

    def __init__(self, config: StreamConfig, seed: int, cells: Path | None) -> None:
        self._config, self._random = config, np.random.default_rng([seed, 1])
        context = multiprocessing.get_context("spawn")
        self._made: Any = context.Queue(maxsize=4)
        self._process = context.Process(target=_make, args=(config, seed, cells, self._made), daemon=True)
        self._process.start()
        self._pool: deque[list[Example]] = deque(maxlen=config.pool)
        self._taken = self.made = 0

    def batch(self, size: int) -> tuple[int, list[Example]]:
        """A width, and as many examples as asked for that are shown at that width."""
        self._refill()
        chosen = self._random.integers(len(self._pool), size=8)
        near = [example for i in chosen for example in self._pool[i]]
        width = bucket(near[int(self._random.integers(len(near)))].picture.shape[1])
        fitting = [e for e in near if bucket(e.picture.shape[1]) == width]
        picked = [fitting[i] for i in self._random.integers(len(fitting), size=size)]
        self._taken += size
        return width, picked

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join()

    def _refill(self) -> None:
        """Take what is made; wait only where the pool is empty or shown too often."""
        while True:
            short = not self._pool or self._taken > self._config.reuse * self.made
            try:
                shard = self._made.get(block=short, timeout=60 if short else None)
            except queue.Empty:
                if short and not self._process.is_alive():
                    raise RuntimeError("the process that makes cells has ended") from None
                if not short:
                    return
                continue
            self._pool.append(shard)
            self.made += len(shard)


def _make(config: StreamConfig, seed: int, cells: Path | None, made: Any) -> None:
    os.nice(_NICE)
    random = np.random.default_rng([seed, int.from_bytes(os.urandom(4))])
    from_pages: Sequence[PageCell] = ()
    number, parent = 0, os.getppid()
    while os.getppid() == parent:  # training may have been killed
        if cells is not None and number % 40 == 0:
            from_pages = load_cells(cells)
        number += 1
        shard = [_example(random, config.pages, from_pages) for _ in range(config.shard)]
        _put(made, shard, parent)


def _put(made: Any, shard: list[Example], parent: int) -> None:
    while os.getppid() == parent:
        try:
            made.put(shard, timeout=5)
            return
        except queue.Full:
            continue


def _example(random: Random, pages: float, from_pages: Sequence[PageCell]) -> Example:
    """One example, whose label fits its width: CTC needs a step a character and one more between equal ones."""
    while True:
        if from_pages and random.random() < pages:
            cell = from_pages[int(random.integers(len(from_pages)))]
            picture, text = shown(random, cell), cell.text
        else:
            drawn = draw(random)
            picture, text = scanned(random, drawn), drawn.text
            if text and int(picture.max()) - int(picture.min()) < _LOST:
                continue
        classes = classes_of(text)
        steps = len(classes) + sum(a == b for a, b in pairwise(classes))
        if steps <= bucket(picture.shape[1]) // 4:
            return Example(picture, classes)
