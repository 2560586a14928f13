"""Connectionist temporal classification (Graves 2006): from what a network says of each step to likely texts.

Class 0 is "nothing here", class k is character k - 1 of the charset. A text's probability is the sum over all ways to
say it: a character may last for several steps, and nothing may stand before, between and after characters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Probabilities = npt.NDArray[np.float32]
"""Steps x classes; each step sums to 1."""

_SILENT = 0.9995  # at a step that is as sure as this of nothing, nothing else is followed up
_UNLIKELY = 1e-4  # a character below this at a step is not followed up


def collapse(classes: Sequence[int]) -> tuple[int, ...]:
    """The characters' classes that a path says: repeated steps are one character, nothing parts two.

    >>> collapse([0, 3, 3, 0, 3, 5])
    (3, 3, 5)
    """
    return tuple(c for i, c in enumerate(classes) if c and (i == 0 or classes[i - 1] != c))


def best_paths(probabilities: npt.NDArray[np.float32]) -> list[tuple[int, ...]]:
    """For each of a batch (n x steps x classes), what its likeliest path says."""
    return [collapse(path) for path in probabilities.argmax(axis=2).tolist()]


def text_probability(probabilities: Probabilities, text: Sequence[int]) -> float:
    """The probability of exactly this text (classes of its characters), over all paths that say it."""
    states = [0]
    for character in text:
        states += [character, 0]
    emit = probabilities[:, states].astype(np.float64)
    skip = np.array([k > 1 and s != 0 and s != states[k - 2] for k, s in enumerate(states)])
    forward = np.zeros(len(states))
    forward[:2] = emit[0, :2]
    for step in emit[1:]:
        moved = forward.copy()
        moved[1:] += forward[:-1]
        moved[2:] += np.where(skip[2:], forward[:-2], 0.0)
        forward = moved * step
    return float(forward[-1] + (forward[-2] if len(states) > 1 else 0.0))


def n_best(probabilities: Probabilities, count: int = 4, width: int = 12) -> list[tuple[tuple[int, ...], float]]:
    """The likeliest texts and their probabilities, best first, by prefix beam search (Hannun 2014, no language model).

    The probabilities sum to 1 at most: what is missing belongs to texts that were not followed up.
    """
    # For each prefix: the probability of the paths that end in nothing, and of those that end in its last character.
    beam: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    for step in probabilities.tolist():
        nothing = step[0]
        if nothing > _SILENT:
            beam = {prefix: ((silent + spoken) * nothing, 0.0) for prefix, (silent, spoken) in beam.items()}
            continue
        likely = [(c, p) for c, p in enumerate(step) if c and p > _UNLIKELY]
        grown: defaultdict[tuple[int, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for prefix, (silent, spoken) in beam.items():
            grown[prefix][0] += (silent + spoken) * nothing
            last = prefix[-1] if prefix else 0
            if last:
                grown[prefix][1] += spoken * step[last]
            for character, probability in likely:
                grown[(*prefix, character)][1] += (silent if character == last else silent + spoken) * probability
        ranked = sorted(grown.items(), key=lambda item: -sum(item[1]))[:width]
        beam = {prefix: (silent, spoken) for prefix, (silent, spoken) in ranked}
    best = sorted(((text, silent + spoken) for text, (silent, spoken) in beam.items()), key=lambda item: -item[1])
    return [(text, probability) for text, probability in best[:count] if probability > 0]


def tempered(logits: npt.NDArray[np.float32], temperature: float) -> npt.NDArray[np.float32]:
    """Probabilities from a network's raw scores (last axis: classes), flattened by `temperature` above 1."""
    scaled = logits / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    likely = np.exp(scaled)
    return np.asarray(likely / likely.sum(axis=-1, keepdims=True), np.float32)
