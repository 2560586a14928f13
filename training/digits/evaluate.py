"""Scores on dev cells: accuracy, silent errors, calibration, and confusions of blank and zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from models.cells.charset import OTHER, text_of
from models.cells.crop import Grey, as_input, bucket, cut, window_around
from models.cells.ctc import best_paths
from models.cells.reader import CellReading
from training.digits.pages import PageCell

ACCEPT = 0.97
"""Probability from which a reading is accepted without a confirming sum (`extraction.reconcile.reconcile.SURE`)."""

_BLANKS = {"", "-"}  # both are a blank; in faint print they are all one
_BATCH_CELLS = 256

Floats64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class DevCell:
    """A crop, its printed text, and the degradation level of its page."""

    picture: Grey
    text: str
    level: str


def dev_cells(cells: Sequence[PageCell]) -> list[DevCell]:
    """Return the dev cells, those of the most frequent text (a lone zero) last."""
    ordered = sorted(cells, key=lambda c: c.text in ("0", OTHER))
    return [DevCell(cut(c.picture, window_around(c.line, c.digit), c.inside), c.text, c.level) for c in ordered]


def logits(network: nn.Module, cells: Sequence[DevCell]) -> list[np.ndarray]:
    """Return the network's logits (steps x classes, float32) of each cell."""
    found: list[np.ndarray] = [np.zeros((0, 0), np.float32)] * len(cells)
    by_width: defaultdict[int, list[int]] = defaultdict(list)
    for i, cell in enumerate(cells):
        by_width[bucket(cell.picture.shape[1])].append(i)
    with torch.inference_mode():
        for width, indices in by_width.items():
            for start in range(0, len(indices), _BATCH_CELLS):
                part = indices[start : start + _BATCH_CELLS]
                scores = network(torch.from_numpy(as_input([cells[i].picture for i in part], width))).numpy()
                for i, score in zip(part, scores, strict=True):
                    found[i] = score
    return found


def accuracy(network: nn.Module, cells: Sequence[DevCell]) -> float:
    """Return the share of cells whose likeliest path gives the printed text."""
    if not cells:
        return 0.0
    right = 0
    for cell, scores in zip(cells, logits(network, cells), strict=True):
        text = text_of(best_paths(scores[None])[0])
        right += same_figure(text, cell.text) or (OTHER in text and OTHER in cell.text)
    return right / len(cells)


def same_figure(text: str, printed: str) -> bool:
    """Whether a reading equals the printed text; all blanks are equal."""
    return text == printed or {text, printed} <= _BLANKS


@dataclass(frozen=True, slots=True)
class Score:
    """Scores over a set of cells.

    Of the `figures` (blanks too): shares right, silently wrong (at `ACCEPT` or above) and in review (`doubted`), and
    the calibration error. `blank_for_zero` and `zero_for_blank` count these confusions at any probability. `foreign` is
    the share of cells with other text that are recognised as such, `taken` the number of them that are read as a figure
    at `ACCEPT` or above.
    """

    figures: int
    right: float
    silent: float
    doubted: float
    ece: float
    blank_for_zero: int
    zero_for_blank: int
    foreign: float
    taken: int

    def __str__(self) -> str:
        return (
            f"{self.figures} figures: {self.right:.4f} right, {self.silent:.5f} silent, {self.doubted:.4f} doubted, "
            f"ECE {self.ece:.4f}, 0 read as blank {self.blank_for_zero}, blank as 0 {self.zero_for_blank}; "
            f"other text: {self.foreign:.4f} seen, {self.taken} taken for figures"
        )


def scored(readings: Sequence[CellReading], cells: Sequence[DevCell]) -> Score:
    """Return the score of these readings."""
    figures = [(r, c.text) for r, c in zip(readings, cells, strict=True) if OTHER not in c.text]
    others = [r for r, c in zip(readings, cells, strict=True) if OTHER in c.text]
    right = np.array([same_figure(r.text, text) for r, text in figures])
    sure = np.array([r.probability if not r.foreign else 0.0 for r, _ in figures])
    claimed = sure > 0
    return Score(
        len(figures),
        float(right.mean()),
        float((~right & (sure >= ACCEPT)).mean()),
        float((sure < ACCEPT).mean()),
        expected_calibration_error(sure[claimed], right[claimed]),
        sum(r.text == "" and text == "0" for r, text in figures),
        sum(r.text == "0" and text == "" for r, text in figures),
        sum(r.foreign for r in others) / max(1, len(others)),
        sum(not r.foreign and r.probability >= ACCEPT for r in others),
    )


def by_level(readings: Sequence[CellReading], cells: Sequence[DevCell]) -> dict[str, Score]:
    """Return the score of each level, and of all cells under "all"."""
    levels = dict.fromkeys(c.level for c in cells)
    found = {"all": scored(readings, cells)}
    for level in levels:
        at = [i for i, c in enumerate(cells) if c.level == level]
        found[level] = scored([readings[i] for i in at], [cells[i] for i in at])
    return found


def expected_calibration_error(probability: Floats64, right: Flags, bins: int = 15) -> float:
    """Return the mean distance of probability and share right over `bins` of equally many cells (Naeini et al.
    2015)."""
    order = np.argsort(probability)
    parts = [p for p in np.array_split(order, bins) if len(p)]
    return float(sum(len(p) * abs(probability[p].mean() - right[p].mean()) for p in parts) / max(1, len(order)))
