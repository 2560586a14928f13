"""How long a reviewer takes, by the keystroke-level model: what is pressed and looked at in, seconds out.

Source: S. Card, T. Moran, A. Newell, The keystroke-level model for user performance time with interactive systems,
Communications of the ACM 23 (1980) 396-410. Its times are those of skilled people who make no errors.
"""

from __future__ import annotations

from dataclasses import dataclass

KEY = 0.28  # a keystroke of an average typist who is no secretary (40 words a minute)
POINT = 1.10  # the pointer to a target
PRESS = 0.20  # a button of the mouse down and up
HOME = 0.40  # the hand from keys to mouse or back
PREPARE = 1.35  # thinking of what comes next, or comparing a figure with its picture
OPEN = PREPARE + HOME + POINT + PRESS  # a report from the queue, or a page


@dataclass(frozen=True, slots=True)
class Effort:
    """What somebody did: efforts add."""

    keys: int = 0
    looks: int = 0  # times that something had to be thought of or compared
    points: int = 0  # things pointed at and clicked

    def __add__(self, other: Effort) -> Effort:
        return Effort(self.keys + other.keys, self.looks + other.looks, self.points + other.points)

    @property
    def seconds(self) -> float:
        """By the model; every click is a reach for the mouse and back."""
        return self.keys * KEY + self.looks * PREPARE + self.points * (POINT + PRESS + 2 * HOME)


CONFIRM = Effort(keys=1, looks=1)
"""The guess compared with the crop, Enter."""

PICK = Effort(keys=2, looks=1)
"""A candidate's key, Enter."""


def typed(text: str) -> Effort:
    """A figure compared, found to be none of those offered, and typed: a space to begin, its characters, Enter."""
    return Effort(keys=len(text) + 2, looks=2)


def retyped(text: str) -> Effort:
    """A cell of an empty form: looked up on the page, its characters, Tab."""
    return Effort(keys=len(text) + 1, looks=1)
