"""Noise of scanners, recognisers and agencies on tagged pieces: new in every epoch.

Characters are misread as the real recognisers misread them (`confusions.json`, measured on the generator's scans by
`training.labeller.data.confusions`), lost, or added; labels are lost, merged, split or worded otherwise; places are
moved, scaled and lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

from models.label_tokens import NOWHERE, Thousandths
from training.labeller.config import NoiseConfig
from training.labeller.data.tagged import Tagged

CONFUSIONS = Path(__file__).with_name("confusions.json")

_JUNK = "一丨丶口日目土工人八丿乙二十.,:;·-|'`_~1lI"
_ENUMERATOR = re.compile(r"^\W*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[)）、.．]+\s*")
_BRACKETED = re.compile(r"[（(][^（()）]*[)）]")


@dataclass(frozen=True, slots=True)
class Confusions:
    """For each character what it is misread as, with frequencies; "" is not read at all."""

    readings: Mapping[str, tuple[tuple[str, ...], tuple[int, ...]]]
    everything: str  # what is read in place of any character

    def misread(self, rng: Random, character: str) -> str:
        """Return a random misreading of a character."""
        known = self.readings.get(character)
        if known and rng.random() < 0.8:
            return rng.choices(*known)[0]
        return rng.choice(self.everything) if rng.random() < 0.7 else ""


@cache
def confusions(path: Path = CONFUSIONS) -> Confusions:
    """Return the measured confusions in a file. Raises OSError, ValueError."""
    data: dict[str, dict[str, int]] = json.loads(path.read_text(encoding="utf-8"))
    readings = {c: (tuple(found), tuple(found.values())) for c, found in data.items()}
    return Confusions(readings, "".join(sorted({r for found in data.values() for r in found if r} | set(_JUNK))))


def with_noise(page: Sequence[Tagged], rng: Random, how: NoiseConfig) -> list[Tagged]:
    """Return a page with new noise. Its order stays but for a few neighbours."""
    return _moved(with_noise_in_place(page, rng, how), rng, how)


def with_noise_in_place(page: Sequence[Tagged], rng: Random, how: NoiseConfig) -> list[Tagged]:
    """Return a page with new noise whose pieces stay in their places."""
    rate = rng.uniform(*rng.choices(how.rates, how.shares)[0])
    known = confusions()
    rough = min(1.0, how.pieces * (0.3 + 4 * rate))
    pieces = [_reworded(tagged, rng, how) for tagged in page]
    pieces = _lost(_cut(_merged(pieces, rng, rough), rng, rough), rng, rough)
    pieces = [misread(tagged, rng, rate if rng.random() < 0.9 else min(0.9, 4 * rate), known) for tagged in pieces]
    return [tagged for tagged in pieces if tagged.text.strip()]


def misread(tagged: Tagged, rng: Random, rate: float, known: Confusions) -> Tagged:
    """Return the piece with every character misread with probability `rate`."""
    if rate <= 0:
        return tagged

    def read(character: str) -> str:
        if rng.random() >= rate or character.isspace():
            return character
        return character + rng.choice(known.everything) if rng.random() < 0.1 else known.misread(rng, character)

    return _rewritten(tagged, read)


def _rewritten(tagged: Tagged, change: Callable[[str], str]) -> Tagged:
    """Replace each character by none, one or several, all with its tag."""
    text, new_tags, begins, due = "", list[str](), set[int](), False
    for index, (character, tag) in enumerate(zip(tagged.text, tagged.tags, strict=True)):
        due = (due and bool(tag)) or index in tagged.begins
        new = change(character)
        if new and due:
            begins.add(len(text))
            due = False
        text += new
        new_tags += [tag] * len(new)
    return replace(tagged, text=text, tags=tuple(new_tags), begins=frozenset(begins))


def _reworded(tagged: Tagged, rng: Random, how: NoiseConfig) -> Tagged:
    """Return labels without their number or brackets, or with a character missing, added or moved."""
    if not tagged.cell or rng.random() >= how.wordings:
        return tagged
    text, tag = tagged.text, tagged.tags[0] if tagged.tags else ""
    if not tag or len(set(tagged.tags)) != 1:
        return tagged
    at = rng.randrange(len(text))
    ways = (
        _ENUMERATOR.sub("", text),
        _BRACKETED.sub("", text),
        text[:at] + text[at + 1 :],
        text[:at] + text[at] + text[at:],
        text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :] if at else text,
        text.replace("的", "").replace("政府", ""),
        text + rng.choice(("情况", "数", "数量", "件数", "（件）", "*")),
    )
    new = rng.choice(ways)
    return Tagged(new, (tag,) * len(new), frozenset((0,)), tagged.box, cell=True) if new else tagged


def _merged(pieces: Sequence[Tagged], rng: Random, rate: float) -> list[Tagged]:
    """Merge some neighbours: grid lines that were not detected."""
    found: list[Tagged] = []
    for tagged in pieces:
        if found and tagged.cell and found[-1].cell and rng.random() < rate:
            before = found.pop()
            begins = before.begins | {len(before.text) + k for k in tagged.begins}
            box = _around(before.box, tagged.box)
            tagged = Tagged(before.text + tagged.text, before.tags + tagged.tags, begins, box, cell=True)
        found.append(tagged)
    return found


def _cut(pieces: Sequence[Tagged], rng: Random, rate: float) -> list[Tagged]:
    """Split some pieces: a line break, or a streak taken for a grid line."""
    found: list[Tagged] = []
    for tagged in pieces:
        if len(tagged.text) > 3 and rng.random() < rate:
            at = rng.randrange(1, len(tagged.text))
            left, top, right, bottom = tagged.box
            middle = left + (right - left) * at // len(tagged.text)
            after = frozenset(k - at for k in tagged.begins if k >= at)
            first = Tagged(tagged.text[:at], tagged.tags[:at], frozenset(k for k in tagged.begins if k < at))
            second = Tagged(tagged.text[at:], tagged.tags[at:], after)
            found.append(replace(first, box=(left, top, middle, bottom), cell=tagged.cell))
            found.append(replace(second, box=(middle, top, right, bottom), cell=tagged.cell))
        else:
            found.append(tagged)
    return found


def _lost(pieces: Sequence[Tagged], rng: Random, rate: float) -> list[Tagged]:
    """Remove the text of some cells, swap some with the next."""
    found = [tagged for tagged in pieces if not (tagged.cell and rng.random() < rate)]
    for k in range(len(found) - 1):
        if rng.random() < rate / 4:
            found[k], found[k + 1] = found[k + 1], found[k]
    return found


def _moved(pieces: list[Tagged], rng: Random, how: NoiseConfig) -> list[Tagged]:
    """Scale all places alike, jitter each; remove all on some pages."""
    if rng.random() < how.placeless:
        return [replace(tagged, box=NOWHERE) for tagged in pieces]
    across, down = (rng.uniform(0.85, 1.0) for _ in range(2))
    if rng.random() < how.squeezed:  # a web page is one long page
        down *= rng.uniform(0.2, 0.7)
    right, below = rng.uniform(0, 1000 * (1 - across)), rng.uniform(0, 1000 * (1 - down))

    def moved(box: Thousandths) -> Thousandths:
        left, top, r, bottom = box
        xs = (round(right + across * x + rng.gauss(0, how.jitter)) for x in (left, r))
        ys = (round(below + down * y + rng.gauss(0, how.jitter * down)) for y in (top, bottom))
        (x0, x1), (y0, y1) = sorted(map(_inside, xs)), sorted(map(_inside, ys))
        return x0, y0, x1, y1

    return [replace(tagged, box=moved(tagged.box)) for tagged in pieces]


def _inside(thousandths: int) -> int:
    return min(1000, max(0, thousandths))


def _around(a: Thousandths, b: Thousandths) -> Thousandths:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
