"""Pages to batches of tensors: new noise in every epoch, windows, padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import torch
from datasets import Dataset
from torch import Tensor
from torch.utils.data import IterableDataset

from models.label_tokens import NOWHERE, Vocabulary
from training.labeller.config import NoiseConfig
from training.labeller.data.noise import with_noise
from training.labeller.data.pages import page_of
from training.labeller.data.tagged import IGNORED, Example, Tagged, examples

_UNKNOWN_SHARE = 0.01  # of characters hidden from the network, so that it learns unknown ones
_SHUFFLED_WINDOWS = 64  # kept in the buffer that shuffles windows of different pages

Tensors = dict[str, Tensor]


class NoisyPages(IterableDataset[Example]):
    """Endless windows of the pages in random order, with new noise each time. Equal seeds give equal windows."""

    def __init__(self, pages: Dataset, vocabulary: Vocabulary, longest: int, how: NoiseConfig, seed: int) -> None:
        self._pages, self._vocabulary, self._longest, self._how, self._seed = pages, vocabulary, longest, how, seed

    def __iter__(self) -> Iterator[Example]:
        rng = Random(self._seed)
        waiting: list[Example] = []
        while True:
            order = list(range(len(self._pages)))
            rng.shuffle(order)
            for index in order:
                page = with_noise(page_of(self._pages[index]), rng, self._how)
                waiting += examples(page, self._vocabulary, self._longest)
                while len(waiting) > _SHUFFLED_WINDOWS:
                    yield waiting.pop(rng.randrange(len(waiting)))


def fixed_windows(pages: Sequence[Sequence[Tagged]], vocabulary: Vocabulary, longest: int) -> list[Example]:
    """Return the windows of pages without noise."""
    return [example for page in pages for example in examples(page, vocabulary, longest)]


class Collator:
    """Windows to tensors of one length.

    `places`: whether the network takes boxes. `masked`: share of characters that a language model has to predict, whose
    labels are those characters instead of classes. `hide`: replace some characters by [UNK].
    """

    def __init__(
        self, vocabulary: Vocabulary, *, places: bool, masked: float = 0.0, hide: bool = False, seed: int = 0
    ) -> None:
        self._vocabulary, self._places, self._masked, self._hide = vocabulary, places, masked, hide
        self._random = torch.Generator().manual_seed(seed)

    def __call__(self, batch: Sequence[Example]) -> Tensors:
        """Return input_ids, attention_mask, labels: batch x longest; bbox: batch x longest x 4."""
        longest = max(len(example.classes) for example in batch)
        pad = self._vocabulary.pad
        ids = torch.tensor([[*e.window.ids, *[pad] * (longest - len(e.classes))] for e in batch])
        mask = torch.tensor([[1] * len(e.classes) + [0] * (longest - len(e.classes)) for e in batch])
        classes = torch.tensor([[*e.classes, *[IGNORED] * (longest - len(e.classes))] for e in batch])
        tensors = {"attention_mask": mask}
        if self._places:
            tensors["bbox"] = torch.tensor([[*e.window.boxes, *[NOWHERE] * (longest - len(e.classes))] for e in batch])
        if self._masked:
            return {**tensors, **self._guessed(ids, classes != IGNORED)}
        if self._hide:
            ids = torch.where((classes != IGNORED) & self._chosen(ids, _UNKNOWN_SHARE), self._vocabulary.unknown, ids)
        return {**tensors, "input_ids": ids, "labels": classes}

    def _chosen(self, like: Tensor, share: float) -> Tensor:
        return torch.rand(like.shape, generator=self._random) < share

    def _guessed(self, ids: Tensor, characters: Tensor) -> Tensors:
        """Mask 8 in 10 of the characters to predict, replace 1, keep 1 (Devlin et al. 2019)."""
        chosen = characters & self._chosen(ids, self._masked)
        labels = torch.where(chosen, ids, IGNORED)
        how = torch.rand(ids.shape, generator=self._random)
        others = torch.randint(len(self._vocabulary), ids.shape, generator=self._random)
        shown = torch.where(chosen & (how < 0.8), self._vocabulary.mask, ids)
        return {"input_ids": torch.where(chosen & (how >= 0.9), others, shown), "labels": labels}


def metrics_of(names: Sequence[str]) -> Any:
    """Return the metrics callback of `Trainer`: seqeval's F1 over runs, and the share of characters right."""
    from seqeval.metrics import f1_score

    def computed(evaluation: Any) -> dict[str, float]:
        found, wanted = evaluation.predictions, evaluation.label_ids
        kept = wanted != IGNORED
        rows = range(len(wanted))
        said = [[names[c] for c in found[k][kept[k]]] for k in rows]
        true = [[names[c] for c in wanted[k][kept[k]]] for k in rows]
        right = float((found == wanted)[kept].mean())
        return {"f1": float(f1_score(true, said)), "characters": right}

    return computed
