"""A CTC text recogniser on ONNX Runtime: pictures of lines in, text with its score out. One line a run.

On a CPU a batch saves nothing, and its padding costs time and accuracy: every line is run at its own width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from models.sessions import open_session
from models.weights import WeightsError

Image = npt.NDArray[np.uint8]
"""Height x width x 3, BGR, or height x width, grey; uint8, dark text on light paper."""

Probabilities = npt.NDArray[np.float32]
"""Steps x classes, float32; class 0 is the CTC blank."""

LINE_HEIGHT = 48  # pixels of the recognition networks' input
_MIN_WIDTH, _MAX_WIDTH = 48, 3200  # pixels of the input

PUNCTUATION = frozenset("，。、；：！？（）()《》〈〉“”‘’〔〕【】…")
"""Punctuation between words: confusing one with another changes no word and no figure."""


class Seen(NamedTuple):
    """A recognised character, its probability (0..1, not calibrated), and its position as a share of the line's
    width."""

    character: str
    probability: float
    place: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a line, and the mean probability of its characters (0..1, not calibrated).

    `seen` are its characters; empty for an engine that does not report them.
    """

    text: str
    score: float
    seen: tuple[Seen, ...] = ()

    @property
    def weakest(self) -> float:
        """The smallest probability of a character, punctuation aside; 0 where there is no other character."""
        return min((s.probability for s in self.seen if s.character not in PUNCTUATION), default=0.0)


def reading_of(seen: Sequence[Seen]) -> Reading:
    """Return the reading that consists of these characters."""
    score = sum(s.probability for s in seen) / len(seen) if seen else 0.0
    return Reading("".join(s.character for s in seen), score, tuple(seen))


class LineReader:
    """A recognition network of the PP-OCR family. Not safe for use by several threads at once."""

    def __init__(self, path: Path, threads: int = 1, characters: Sequence[str] = ()) -> None:
        """Load the network in the file `path`.

        `characters` are those of class 1 and up without the last, a space; by default those in the file's metadata.
        Raises WeightsError where their number is not that of the network's classes.
        """
        self._session = open_session(path, threads)
        self._input = self._session.get_inputs()[0].name
        known = characters or self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = ("", *known, " ")
        self._class_of = {character: i for i, character in enumerate(self._characters)}
        classes = self._session.get_outputs()[0].shape[-1]
        if classes != len(self._characters):
            raise WeightsError(f"{path.name} has {classes} classes and names {len(self._characters)}")

    def read(self, lines: Sequence[Image], look_alikes: Mapping[str, str] | None = None) -> list[Reading]:
        """Return one reading for each picture, in the same order.

        `look_alikes` maps a character to letters whose probability is added to its own.
        """
        folded = self._classes(look_alikes or {})
        return [self._decoded(_folded(self._probabilities(line), folded)) for line in lines]

    def _probabilities(self, line: Image) -> Probabilities:
        return np.asarray(self._session.run(None, {self._input: prepared(line)})[0][0], np.float32)

    def _decoded(self, probabilities: Probabilities) -> Reading:
        """Return the reading of the likeliest path (greedy decoding)."""
        path = probabilities.argmax(axis=1)
        said = np.flatnonzero((path != 0) & (path != np.concatenate(([-1], path[:-1]))))
        sure = probabilities[said, path[said]].astype(np.float64)
        steps = zip(said.tolist(), path[said].tolist(), sure.tolist(), strict=True)
        return reading_of([Seen(self._characters[c], p, (step + 0.5) / len(path)) for step, c, p in steps])

    def _classes(self, look_alikes: Mapping[str, str]) -> list[tuple[int, list[int]]]:
        """Return `look_alikes` as classes of this network."""
        known = self._class_of
        return [
            (known[character], [known[c] for c in letters if c in known])
            for character, letters in look_alikes.items()
            if character in known
        ]


def prepared(line: Image) -> npt.NDArray[np.float32]:
    """Return the network's input, 1 x 3 x height x width, float32, -1 black to 1 white; narrow lines are padded with
    grey."""
    height, width = line.shape[:2]
    wide = int(np.clip(np.ceil(LINE_HEIGHT * width / height), 1, _MAX_WIDTH))
    scaled = cv2.resize(as_bgr(line), (wide, LINE_HEIGHT)).astype(np.float32).transpose(2, 0, 1) / 127.5 - 1
    feed = np.zeros((1, 3, LINE_HEIGHT, max(wide, _MIN_WIDTH)), np.float32)
    feed[0, :, :, :wide] = scaled
    return feed


def as_bgr(picture: Image) -> Image:
    """Return a grey picture as BGR; a BGR picture as it is."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8) if picture.ndim == 2 else picture


def _folded(probabilities: Probabilities, look_alikes: Sequence[tuple[int, list[int]]]) -> Probabilities:
    """Add the probabilities of look-alikes to those of their character, in place."""
    for character, letters in look_alikes:
        probabilities[:, character] += probabilities[:, letters].sum(axis=1)
        probabilities[:, letters] = 0
    return probabilities
