"""The time that a reviewer takes, by the keystroke-level model (KLM): keys, looks and clicks in, seconds out.

Source: S. Card, T. Moran, A. Newell, The keystroke-level model for user performance time with interactive systems,
Communications of the ACM 23 (1980) 396-410. Its times are those of skilled users who make no errors.
"""

from __future__ import annotations

from dataclasses import dataclass

KEY_SECONDS = 0.28  # K: a keystroke of an average typist (40 words a minute)
POINT_SECONDS = 1.10  # P: pointing at a target with the mouse
CLICK_SECONDS = 0.20  # B: a mouse button down and up
HOME_SECONDS = 0.40  # H: the hand from the keys to the mouse or back
LOOK_SECONDS = 1.35  # M: mental preparation, or comparing a figure with its picture
OPEN_SECONDS = LOOK_SECONDS + HOME_SECONDS + POINT_SECONDS + CLICK_SECONDS  # a report from the queue, or a page
_CLICK_WITH_REACH_SECONDS = POINT_SECONDS + CLICK_SECONDS + 2 * HOME_SECONDS


@dataclass(frozen=True, slots=True)
class Effort:
    """Counts of what somebody did; efforts can be added."""

    keys: int = 0
    looks: int = 0  # mental steps: a figure compared with its picture, a decision
    points: int = 0  # clicks with the mouse

    def __add__(self, other: Effort) -> Effort:
        return Effort(self.keys + other.keys, self.looks + other.looks, self.points + other.points)

    @property
    def seconds(self) -> float:
        """Seconds by the model; every click includes reaching for the mouse and back."""
        return self.keys * KEY_SECONDS + self.looks * LOOK_SECONDS + self.points * _CLICK_WITH_REACH_SECONDS


CONFIRM = Effort(keys=1, looks=1)
"""Compare the first candidate with the crop, Enter."""

PICK = Effort(keys=2, looks=1)
"""Press a candidate's key, Enter."""


def typed(text: str) -> Effort:
    """The effort to find that no candidate is right and to type the figure: Space, its characters, Enter."""
    return Effort(keys=len(text) + 2, looks=2)


def retyped(text: str) -> Effort:
    """The effort to fill a cell of an empty form: look at the page, type its characters, Tab."""
    return Effort(keys=len(text) + 1, looks=1)
