"""The token classifier's input: pieces of print -> windows of character tokens with their positions on the page.

A piece is a line of running text or a table cell. Each character is a token, as in the vocabularies of Chinese BERT;
pieces end with [SEP]. Positions are in thousandths of the page from its top left, as in LayoutLM (Xu et al. 2020,
arXiv:1912.13318); zeros where the position is unknown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

Thousandths = tuple[int, int, int, int]
"""Left, top, right, bottom of a box in thousandths of the page, 0 to 1000."""

NOWHERE: Thousandths = (0, 0, 0, 0)

PAD, UNKNOWN, CLS, SEP, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
SPECIAL = (PAD, UNKNOWN, CLS, SEP, MASK)


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of running text or a table cell, with its box."""

    text: str
    box: Thousandths = NOWHERE


class Spot(NamedTuple):
    """A character: the index of its piece, and its index in the piece's text."""

    piece: int
    character: int


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens that the network sees at once: ids, boxes, and the character of each (None for special tokens)."""

    ids: tuple[int, ...]
    boxes: tuple[Thousandths, ...]
    spots: tuple[Spot | None, ...]


class Vocabulary:
    """The characters that a network knows. Its file has one token a line, as BERT's `vocab.txt`."""

    def __init__(self, tokens: Sequence[str]) -> None:
        """`tokens` by id. Raises ValueError where a special token is missing."""
        self.tokens = tuple(tokens)
        self._ids = {token: number for number, token in enumerate(self.tokens)}
        if lacking := [token for token in SPECIAL if token not in self._ids]:
            raise ValueError(f"the vocabulary lacks {', '.join(lacking)}")
        self.pad, self.unknown, self.cls, self.sep, self.mask = (self._ids[token] for token in SPECIAL)

    @classmethod
    def read(cls, path: Path) -> Vocabulary:
        """Read a vocabulary file. Raises OSError, ValueError."""
        return cls(path.read_text(encoding="utf-8").split("\n")[:-1])

    def write(self, path: Path) -> None:
        """Write the file that `read` reads."""
        path.write_text("".join(f"{token}\n" for token in self.tokens), encoding="utf-8")

    def __len__(self) -> int:
        return len(self.tokens)

    def id_of(self, character: str) -> int:
        """Return the id of a character as `characters` gives it, or that of [UNK]."""
        return self._ids.get(character, self.unknown)


def characters(text: str) -> Iterator[tuple[int, str]]:
    """Yield the characters that become tokens, each with its index in the text: NFKC, lower case, without white
    space."""
    for index, raw in enumerate(text):
        for character in unicodedata.normalize("NFKC", raw):
            if not character.isspace():
                yield index, character.lower()


def windows(pieces: Sequence[Piece], vocabulary: Vocabulary, longest: int) -> list[Window]:
    """Return the pieces of one page, in reading order, as windows of at most `longest` tokens.

    A piece is split only where it alone is longer. Every character is in exactly one window.
    """
    found: list[Window] = []
    ids, boxes, spots = [vocabulary.cls], [NOWHERE], list[Spot | None]([None])
    for number, piece in enumerate(pieces):
        tokens = list(characters(piece.text))
        for start in range(0, len(tokens), longest - 2):
            part = tokens[start : start + longest - 2]
            if len(ids) + len(part) + 1 > longest:
                found.append(Window(tuple(ids), tuple(boxes), tuple(spots)))
                ids, boxes, spots = [vocabulary.cls], [NOWHERE], [None]
            ids += [vocabulary.id_of(c) for _, c in part] + [vocabulary.sep]
            boxes += [piece.box] * (len(part) + 1)
            spots += [*(Spot(number, index) for index, _ in part), None]
    if len(ids) > 1:
        found.append(Window(tuple(ids), tuple(boxes), tuple(spots)))
    return found
