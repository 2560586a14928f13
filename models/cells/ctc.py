"""Connectionist temporal classification (Graves et al. 2006): per-step class probabilities -> likely texts.

Class 0 is the CTC blank, class k is character k - 1 of the charset. A text's probability is the sum over all paths that
collapse to it: a character may last for several steps, with blanks before, between and after characters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Probabilities = npt.NDArray[np.float32]
"""Steps x classes, float32; each step sums to 1."""

_CERTAIN_BLANK = 0.9995  # probability of the blank from which the beam search skips a step
_MIN_CHARACTER_PROBABILITY = 1e-4  # of a character at a step, for the beam search to extend prefixes by it


def collapse(classes: Sequence[int]) -> tuple[int, ...]:
    """Return the character classes of a path: repeated steps become one character, then blanks are removed.

    >>> collapse([0, 3, 3, 0, 3, 5])
    (3, 3, 5)
    """
    return tuple(c for i, c in enumerate(classes) if c and (i == 0 or classes[i - 1] != c))


def best_paths(probabilities: npt.NDArray[np.float32]) -> list[tuple[int, ...]]:
    """Return the collapsed likeliest path of each item of a batch (n x steps x classes): greedy decoding."""
    return [collapse(path) for path in probabilities.argmax(axis=2).tolist()]


def text_probability(probabilities: Probabilities, text: Sequence[int]) -> float:
    """Return the probability of exactly this text (character classes), summed over its paths by the forward
    algorithm."""
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
    """Return the `count` likeliest texts with their probabilities, best first: prefix beam search (Hannun et al. 2014).

    There is no language model. The probabilities sum to at most 1; the rest belongs to texts that were pruned.

    Args:
        probabilities: steps x classes.
        count: texts to return.
        width: prefixes kept at each step.
    """
    # For each prefix: the probability of its paths that end in a blank, and of those that end in its last character.
    beam: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    for step in probabilities.tolist():
        blank = step[0]
        if blank > _CERTAIN_BLANK:
            beam = {prefix: ((p_blank + p_character) * blank, 0.0) for prefix, (p_blank, p_character) in beam.items()}
            continue
        likely = [(c, p) for c, p in enumerate(step) if c and p > _MIN_CHARACTER_PROBABILITY]
        grown: defaultdict[tuple[int, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for prefix, (p_blank, p_character) in beam.items():
            grown[prefix][0] += (p_blank + p_character) * blank
            last = prefix[-1] if prefix else 0
            if last:
                grown[prefix][1] += p_character * step[last]
            for character, probability in likely:
                grown[(*prefix, character)][1] += (
                    p_blank if character == last else p_blank + p_character
                ) * probability
        ranked = sorted(grown.items(), key=lambda item: -sum(item[1]))[:width]
        beam = {prefix: (p_blank, p_character) for prefix, (p_blank, p_character) in ranked}
    best = sorted(
        ((text, p_blank + p_character) for text, (p_blank, p_character) in beam.items()),
        key=lambda item: -item[1],
    )
    return [(text, probability) for text, probability in best[:count] if probability > 0]


def tempered(logits: npt.NDArray[np.float32], temperature: float) -> npt.NDArray[np.float32]:
    """Return the softmax of logits / temperature over the last axis, float32 (temperature scaling, Guo et al. 2017)."""
    scaled = logits / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    likely = np.exp(scaled)
    return np.asarray(likely / likely.sum(axis=-1, keepdims=True), np.float32)
