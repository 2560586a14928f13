"""Training data of the classifier: pieces of print with a tag for each character."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extraction.forms.label_tags import tags
from models.label_tokens import NOWHERE, Piece, Thousandths, Vocabulary, Window, windows

OUTSIDE = 0
"""The class of a character without a tag."""

IGNORED = -100
"""The class of special tokens: the loss ignores it."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A piece of print with the tag of each of its characters, "" for none; `begins` are the starts of tagged runs."""

    text: str
    tags: tuple[str, ...]
    begins: frozenset[int] = frozenset()
    box: Thousandths = NOWHERE
    cell: bool = False

    def __post_init__(self) -> None:
        if len(self.tags) != len(self.text):
            raise ValueError(f"{len(self.tags)} tags for {len(self.text)} characters")

    @property
    def piece(self) -> Piece:
        """The piece as the network sees it."""
        return Piece(self.text, self.box)


def whole(text: str, tag: str, box: Thousandths = NOWHERE, *, cell: bool = False) -> Tagged:
    """Return a piece with one tag throughout, or with tag "" none."""
    return Tagged(text, (tag,) * len(text), frozenset((0,)) if tag and text else frozenset(), box, cell)


@dataclass(frozen=True, slots=True)
class Example:
    """A window with the class of each token: 0 outside, 1 + 2 t where tag t begins, 2 + 2 t inside it."""

    window: Window
    classes: tuple[int, ...]


def class_names() -> tuple[str, ...]:
    """Return the classes in order: O, B-title, I-title, …"""
    return ("O", *(f"{mark}-{tag}" for tag in tags() for mark in "BI"))


def examples(page: Sequence[Tagged], vocabulary: Vocabulary, longest: int) -> Iterator[Example]:
    """Yield the windows of a page with their classes."""
    number = {tag: k for k, tag in enumerate(tags())}
    for window in windows([tagged.piece for tagged in page], vocabulary, longest):
        classes = []
        for spot in window.spots:
            if spot is None:
                classes.append(IGNORED)
                continue
            tagged = page[spot.piece]
            tag = tagged.tags[spot.character]
            begins = spot.character in tagged.begins
            classes.append(2 - begins + 2 * number[tag] if tag in number else OUTSIDE)
        yield Example(window, tuple(classes))
