"""From the readings of one line to one text and how sure it is. All rules of belief and doubt about cells are here.

What follows from a doubt or a low confidence is decided in `extraction.reconcile.decision`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extraction.cells.ink_lines import InkLine
from extraction.document import Candidate
from extraction.doubts import Doubt, DoubtCode, Doubts, doubt, need_person
from extraction.doubts import joined as doubts_of
from extraction.figures import parse_figure
from models.cells.charset import OTHER, spelled
from models.cells.reader import CellReading
from models.recogniser import Reading

SURE = 0.995
"""Probability of a first look at which no second one is taken."""

SUREST = 0.9999
"""Confidence of a reading at most, as reports round it: 1 is for what the file itself states."""

BLANK = CellReading((("", 0.9995),))
"""What bare paper without any mark says."""

SEEN_THROUGH = 0.98
"""Confidence at most in a figure under a seal or a pen that reads as plainly as any: `python -m eval.overprint`."""

_UNLIKELY = 0.5  # probability under which hardly any ink is taken for none
_DISAGREEING = 0.5  # confidence in one of several readings by the general recogniser that differ
_OUTVOTED = 0.95  # confidence at most in two readings against one
_OVERPRINTED = 0.95  # and under a seal or a pen, which may add to a figure or hide some of it: a sum must bear it out
_PLAINLY = 0.999  # but where it reads as plainly as any
_BESIDE = 0.5  # of its probability, that a figure is all that is printed in a cell with other marks
_BARE = 0.4  # of the doubt about a blank that remains where there is no ink
_BY_SHAPE = 0.98  # confidence in a stroke that is told by its shape as well
_HARDLY = 0.8  # score of a reading that may be of anything
_LONG = 12  # line heights; a longer line is no figure
_FAR_APART = 1.0  # line heights between two marks of a line: too far for the digits of one figure
_SLANTED = 0.8  # of a /
_LIKELY = 0.9  # probability of a figure that letters do not speak against
_HALF = 0.7  # probability under which an answer is hardly better than another
_SHORT = 2  # characters of an answer that a second engine may give by chance too: 1 for a 0 on a fax
_PLAIN = {"0": 0.8, "-": 0.9}  # probability of marks too plain for a general recogniser, which makes 1 or letters of
# them: from there on 110 of 110 zeros were right that it read otherwise, on train and dev, and 14 of 14 dashes
_LIKE_ANOTHER = 0.02  # probability of another answer from which the marks look like two figures: where both engines
_ALIKE = 0.5  # then say the same, half of the doubt is left: they see the same marks, and are no two witnesses
_NEARLY = 0.3  # probability of a second reading that may be the right one after all
_SECOND = 0.05  # of the general recogniser's score, what a figure that only it names is given
_OFF = 0.27  # heights of a digit: no dash stands farther from the middle of its row's figures
_FIGURE_LIKE = re.compile(r"[\dOoQDlI|一〇.,，。:：·•_\-—–―～~/\\'`‘’“”\"\s()（）元万件]*")
# What the networks answer for a lone digit, seen on real pages.
_ZEROS = str.maketrans(dict.fromkeys("OoQD〇○。", "0"))
_FRINGE = " .·•,，、'`‘’\""  # no figure begins or ends with these: they are specks beside it
_LONE_STROKES = ("一", "-", "—", "–", "―", "_", "~", "1", "l", "I", "|", "/")
_UPRIGHT_STROKES = ("1", "l", "I", "|", "/")
_ONES = str.maketrans(dict.fromkeys("lI|丨", "1"))


@dataclass(frozen=True, slots=True)
class CellText:
    """The text of a cell, its lines joined by newline, the probability that it is printed so, and why it may not be.

    `candidates` are what a figure may be, the likeliest first; none for text that is no figure.
    """

    text: str
    confidence: float
    doubts: Doubts = ()
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A line of marks in its cell: the ink, the height of the digits around, and how the line stands.

    `off` is how far its middle is below that of the other figures of its row, in heights of a digit, None where there
    are none. `line` is None for a cell without ink. `blotted`: some of its ink is thicker than any stroke.
    `overprinted`: there is coloured ink on it.
    """

    line: InkLine | None
    digit: float
    off: float | None = None
    blotted: bool = False
    overprinted: bool = False

    @property
    def marked(self) -> bool:
        """Whether there is ink as tall as a digit."""
        return self.line is not None and self.line.height > 0.6 * self.digit


def together(looks: Sequence[CellReading]) -> CellReading:
    """Several looks at the same marks as one reading: the mean of what they say."""
    texts = dict.fromkeys(text for look in looks for text, _ in look.candidates)
    means = [(text, sum(look.of(text) for look in looks) / len(looks)) for text in texts]
    return CellReading(tuple(sorted(means, key=lambda c: -c[1])))


def settled(figure: CellReading, general: CellText | None, place: Place) -> CellText:
    """One text from what the cell recogniser says and what the general one does, where it was asked."""
    if figure.foreign:
        return _foreign(figure, general)
    figure = _by_value(figure)
    text, confidence, doubts = figure.text, figure.probability, Doubts()
    if general is not None:
        text, confidence, doubts = _weighed(figure, spelled(general.text), general.confidence, place.blotted)
    doubts = doubts or _against_marks(text, place)
    if place.line is None and text and confidence < _UNLIKELY:  # hardly any marks, and nothing to be made of them
        text, confidence = "", figure.of("")
    elif place.line is None and not text:  # two witnesses: there is no ink either
        confidence = 1 - _BARE * (1 - confidence)
    if place.overprinted:
        is_plain = confidence >= _PLAINLY and any(c.isdigit() for c in text)
        confidence = min(confidence, SEEN_THROUGH if is_plain else _OVERPRINTED)
        doubts = (*doubts, Doubt(DoubtCode.SEAL_OVER_FIGURE))
    candidates = _candidates(figure, general)
    return CellText(printed(text), min(confidence, SUREST), doubts, candidates)


def _candidates(figure: CellReading, general: CellText | None) -> tuple[Candidate, ...]:
    """What the cell may say: the figures that the cell recogniser names, and the general one's where it is another."""
    named = [(text, p) for text, p in figure.candidates if OTHER not in text]
    if general is not None and OTHER not in (said := spelled(general.text)):
        value = parse_figure(said)
        if value is not None and all(parse_figure(printed(text)) != value for text, _ in named):
            named.append((said, _SECOND * general.confidence))
    whole = max(1.0, sum(p for _, p in named))
    return tuple(Candidate(printed(text), round(p / whole, 5)) for text, p in named)


def _by_value(figure: CellReading) -> CellReading:
    """The candidates, each with the probability of all that mean the same: nothing and a dash, 1,234 and 1234. A figure
    with room between its digits, as wide ones stand, is another: it may be two, 1 and 0 of two cells."""
    means: dict[object, tuple[str, float]] = {}
    for text, probability in figure.candidates:
        value = parse_figure(printed(text))
        known, sum_ = means.get(value if value is not None else text, (text, 0.0))
        means[value if value is not None else text] = known, sum_ + probability
    return CellReading(tuple(sorted(means.values(), key=lambda c: -c[1])))


def _weighed(figure: CellReading, said: str, score: float, blotted: bool) -> tuple[str, float, Doubts]:
    """Text, confidence and doubts, where the general recogniser, which knows nothing of the first answer, `said` this.

    Two that agree are surer than either, but by chance, or where the marks look like two figures: a 4 that has lost its
    level stroke is a 1 to both. What was nearly the first answer and is the second engine's may stand if a sum bears it
    out. Of poor marks the general recogniser makes letters: they speak against a
    likely figure only where it may be under a blot. What it makes of a likely zero or dash is no doubt either, but any
    other difference is.
    """
    text, probability = figure.text, figure.probability
    if said == text or (parse_figure(said) is not None and parse_figure(said) == parse_figure(text)):
        doubt_left = _ALIKE if _runner_up(figure) > _LIKE_ANOTHER else 2 * (1 - score)
        agreed = max(probability, 1 - doubt_left * (1 - probability))
        by_chance = probability < _HALF and len(text) <= _SHORT
        return text, min(agreed, _OUTVOTED) if by_chance else agreed, ()
    if text == "" and not any(c.isdigit() or c == OTHER for c in said):
        return text, probability, ()
    if figure.of(said) > _NEARLY:
        return said, min(_OUTVOTED, figure.of(said) / (figure.of(said) + _ALIKE * probability)), ()
    if OTHER in said and not any(c.isdigit() for c in said) and probability > _LIKELY and not blotted:
        return text, min(probability, _OUTVOTED), ()
    if probability > _PLAIN.get(text, 1.0):
        return text, min(probability, _OUTVOTED), ()
    return text, probability, doubt(DoubtCode.READINGS_DIFFER, f"{text!r}, {said!r}")


def _runner_up(figure: CellReading) -> float:
    """How likely the likeliest other answer of as many characters is: a digit more or less is no look-alike."""
    return max((p for text, p in figure.candidates[1:] if len(text) == len(figure.text)), default=0.0)


def printed(text: str) -> str:
    """A text of the cell recogniser as it is printed: a lone stroke is a dash."""
    return "—" if text == "-" else text


def _foreign(figure: CellReading, general: CellText | None) -> CellText:
    """Text with characters that the cell recogniser does not know; what it does know of it must be the same."""
    if general is None:
        return CellText("", 0.0, doubt(DoubtCode.NOT_READ))
    said = spelled(general.text)
    if OTHER not in said and parse_figure(general.text) is not None:
        return CellText(general.text, general.confidence, doubt(DoubtCode.READINGS_DIFFER, "one has other characters"))
    if _leading_figure(said) != _leading_figure(figure.text) and _leading_figure(said):
        return CellText(general.text, general.confidence, doubt(DoubtCode.READINGS_DIFFER, "before the note"))
    # Two networks say the same of every figure and mark in it.
    if said == figure.text and not need_person(general.doubts):
        sure = 1 - (1 - general.confidence) * (1 - figure.probability)
        return CellText(general.text, max(general.confidence, sure))
    return general


def _leading_figure(text: str) -> str:
    found = re.match(r"[\d.,+-]+", text)
    return found[0] if found else ""


def _against_marks(text: str, place: Place) -> Doubts:
    """Why the ink speaks against this reading of it, none where it does not."""
    line = place.line
    if line is None:
        return () if text == "" else doubt(DoubtCode.TEXT_WITHOUT_INK)
    if text == "" and place.marked and line.width > 0.25 * place.digit:
        return doubt(DoubtCode.INK_WITHOUT_TEXT)
    if line.gap > _FAR_APART * max(line.height, 0.8 * place.digit) and len(text) > 1 and text.strip(".,-").isdigit():
        return doubt(DoubtCode.WIDE_GAP)
    if text == "-":
        if line.height > 0.5 * place.digit or line.width < line.height:
            return doubt(DoubtCode.DASH_UNCERTAIN, "too tall for a dash")
        if place.off is not None and abs(place.off) > _OFF:
            return doubt(DoubtCode.DASH_UNCERTAIN, "above or below the middle of its row")
    return ()


# ---------------------------------------------------------------- the general recogniser


def settled_lines(readings: Sequence[Reading], line: InkLine) -> CellText:
    """One text from up to three readings of a line by the general recogniser.

    Two that agree are as sure as the surer one. Where they differ a third decides, but not for sure: a sum must bear it
    out. Three that all differ are a doubt.
    """
    texts = [plain_figure(reading.text, line) for reading in readings]
    if line.gap > _FAR_APART * line.height and any(t.strip(".,-—").isdigit() and len(t) > 1 for t in texts):
        return CellText(texts[0], _DISAGREEING, doubt(DoubtCode.WIDE_GAP))
    if len(readings) == 1:
        return CellText(texts[0], readings[0].score)
    if texts[0] == texts[1]:
        by_shape = _BY_SHAPE if texts[0] in ("/", "—") else 0.0
        return CellText(texts[0], max(*(r.score for r in readings), by_shape))
    surest = max(range(len(readings)), key=lambda k: readings[k].score)
    agreeing = [k for k in range(len(readings) - 1) if texts[k] == texts[-1]]
    if agreeing and texts[-1]:
        score = max(readings[agreeing[0]].score, readings[-1].score)
        return CellText(texts[-1], min(score, _OUTVOTED))
    return CellText(texts[surest], _DISAGREEING, doubt(DoubtCode.READINGS_DIFFER, ", ".join(map(repr, texts))))


def may_be_figure(reading: Reading, line: InkLine) -> bool:
    """Whether a line is worth a second look: it reads as a figure, or it is short and hardly reads at all."""
    if _FIGURE_LIKE.fullmatch(reading.text) or parse_figure(reading.text) is not None:
        return True
    return reading.score < _HARDLY and line.width < _LONG * line.height


def plain_figure(text: str, line: InkLine) -> str:
    """A reading that can only be a figure with the letters that are taken for digits put right.

    A lone 一 is a dash or a one: the shape of the mark says which.
    """
    text = text.strip()
    if not text or not _FIGURE_LIKE.fullmatch(text):
        return text
    text = text.strip(_FRINGE) or text
    if text in _LONE_STROKES:
        if line.width > 1.6 * line.height:
            return text if text in _UPRIGHT_STROKES else "—"  # an upright one is wide with dust beside it
        return "/" if line.slant > _SLANTED else "1" if line.height > 1.6 * line.width else text
    return re.sub(r"^[—–―一](?=\d)", "-", text.translate(_ZEROS).translate(_ONES))


def joined(texts: Sequence[CellText], lines: Sequence[InkLine]) -> CellText:
    """The text of a cell from its lines, no surer than any reading of a picture is."""
    text = _joined(texts, lines)
    return replace(text, confidence=min(text.confidence, SUREST))


def _joined(texts: Sequence[CellText], lines: Sequence[InkLine]) -> CellText:
    """The text of a cell from its lines; a small mark that reads as nothing beside a line that reads is a speck."""
    if len(texts) == 1:
        return texts[0]
    tallest = max((line.height for line in lines), default=0)
    read = [t for t, line in zip(texts, lines, strict=True) if t.text or line.height > 0.7 * tallest]
    if not read:
        return CellText("", min((t.confidence for t in texts), default=1.0))
    if len(read) == 1:
        return read[0]
    figures = [t for t in read if any(c.isalnum() for c in t.text)]
    if len(figures) == 1 and parse_figure(figures[0].text) is not None:
        return _beside_marks(figures[0])
    return CellText(
        "\n".join(t.text for t in read),
        min(t.confidence for t in read),
        doubts_of(*(t.doubts for t in read)),
    )


def _beside_marks(figure: CellText) -> CellText:
    """A figure above or below marks that say nothing, a piece of a seal's ring for one: only sums can bear it out."""
    named = figure.candidates or (Candidate(figure.text, figure.confidence),)
    candidates = tuple(replace(c, probability=round(_BESIDE * c.probability, 5)) for c in named)
    doubts = (*figure.doubts, Doubt(DoubtCode.OTHER_INK_IN_CELL))
    return CellText(figure.text, _BESIDE * figure.confidence, doubts, candidates)
