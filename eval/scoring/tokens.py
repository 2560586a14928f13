"""Label tokens by seqeval (https://github.com/chakki-works/seqeval): labels found as a whole and named right.

The tokens are the characters, without white space, of what is labelled; every label is an entity in BIO tags of its own
name (`B-row.applications.received`), and right only where characters and name are both right. Gold and predicted labels
of one kind are matched where their boxes on a page overlap by half of the smaller one, or, where either has no box, by
their text. Recognition errors do not count here: the two texts are aligned, and only an end that is longer or shorter
by more than two characters makes another entity. A label without a match is missed or invented.

Labels of one name on one page are one entity, in reading order (a title over two lines, a label that a row is split
through), except narrative figures. Kinds are scored apart, since labels nest: a title contains the organization and the
year. Scores add.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import Levenshtein

from extraction.document import Label
from extraction.geometry import union

_REPEATED = frozenset({"organization", "year", "narrative"})  # several of one name on a page are several entities
_MIN_OVERLAP_SHARE = 0.5  # of the smaller box
_MIN_TEXT_SIMILARITY = 0.6  # of two texts without boxes
_MAX_END_DIFFERENCE = 2  # characters more or less at an end that are taken for misreadings

Tags = list[str]


@dataclass(frozen=True, slots=True)
class TokenCount:
    """Entities of one kind: printed, predicted, and both. Rates are None where there are none to count."""

    gold: int = 0
    predicted: int = 0
    right: int = 0

    def __add__(self, other: TokenCount) -> TokenCount:
        return TokenCount(self.gold + other.gold, self.predicted + other.predicted, self.right + other.right)

    @property
    def precision(self) -> float | None:
        """Share of the predicted entities that are right."""
        return self.right / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """Share of the printed entities that were found."""
        return self.right / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        entities = self.gold + self.predicted
        return 2 * self.right / entities if entities else None


@dataclass(frozen=True, slots=True)
class TokenScore:
    """Counts by kind of label, the first part of its name: row, column, heading, title and so on."""

    kinds: Mapping[str, TokenCount] = field(default_factory=dict)

    def __add__(self, other: TokenScore) -> TokenScore:
        names = sorted({*self.kinds, *other.kinds})
        return TokenScore({n: self.kinds.get(n, TokenCount()) + other.kinds.get(n, TokenCount()) for n in names})

    @property
    def total(self) -> TokenCount:
        """All kinds together."""
        return sum(self.kinds.values(), TokenCount())


def token_score(gold: Sequence[Label], predicted: Sequence[Label]) -> TokenScore:
    """Return the score of a report's predicted labels against the gold ones."""
    ours, theirs = _by_kind(_entities(gold)), _by_kind(_entities(predicted))
    return TokenScore({kind: _count(ours[kind], theirs[kind]) for kind in sorted({*ours, *theirs})})


def _entities(labels: Sequence[Label]) -> list[Label]:
    """Return the labels with text, those of one name on one page joined in reading order."""
    joined: dict[tuple[object, ...], list[Label]] = {}
    for number, label in enumerate(labels):
        if "".join(label.text.split()):
            key = (label.name, label.page, number if _kind(label) in _REPEATED else None)
            joined.setdefault(key, []).append(label)
    return [_joined(parts) for parts in joined.values()]


def _joined(parts: Sequence[Label]) -> Label:
    boxes = [p.box for p in parts if p.box is not None]
    if len(parts) == 1 or len(boxes) < len(parts):
        return replace(parts[0], text="".join(dict.fromkeys(p.text for p in parts)))
    parts = sorted(parts, key=lambda p: (round(p.box.top), p.box.left) if p.box else (0, 0.0))
    return replace(parts[0], text="".join(p.text for p in parts), box=union(boxes))


def _kind(label: Label) -> str:
    return label.name.partition(".")[0]


def _by_kind(labels: Iterable[Label]) -> defaultdict[str, list[Label]]:
    found: defaultdict[str, list[Label]] = defaultdict(list)
    for label in labels:
        found[_kind(label)].append(label)
    return found


def _count(gold: Sequence[Label], predicted: Sequence[Label]) -> TokenCount:
    """Return the entities by seqeval, over one sequence for each pair of labels and each unmatched label."""
    from seqeval.metrics.sequence_labeling import get_entities

    pairs = _pairs(gold, predicted)
    sequences = [_tags(gold[i], predicted[j]) for i, j in pairs.items()]
    sequences += [_tags(label, None) for i, label in enumerate(gold) if i not in pairs]
    sequences += [_tags(None, label) for j, label in enumerate(predicted) if j not in pairs.values()]
    true, found = ([set(get_entities(tags)) for tags in side] for side in zip(*sequences, strict=True))
    return TokenCount(
        sum(map(len, true)), sum(map(len, found)), sum(len(t & f) for t, f in zip(true, found, strict=True))
    )


def _pairs(gold: Sequence[Label], predicted: Sequence[Label]) -> dict[int, int]:
    """Return the matched labels, the most similar first; of equals those of the same name, then in order."""
    likeness = [
        (alike, one.name == other.name, -abs(i - j), i, j)
        for i, one in enumerate(gold)
        for j, other in enumerate(predicted)
        if (alike := _likeness(one, other)) > 0
    ]
    pairs: dict[int, int] = {}
    for *_, i, j in sorted(likeness, key=lambda pair: pair[:3], reverse=True):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def _likeness(one: Label, other: Label) -> float:
    """Return the similarity of two labels as prints, 0 where they cannot be the same."""
    if one.box is not None and other.box is not None and one.page is not None and other.page is not None:
        smaller = min(one.box.area, other.box.area)
        shared = one.box.overlap(other.box) / smaller if smaller and one.page == other.page else 0.0
        return round(shared, 3) if shared >= _MIN_OVERLAP_SHARE else 0.0
    alike = Levenshtein.normalized_similarity("".join(one.text.split()), "".join(other.text.split()))
    return alike if alike >= _MIN_TEXT_SIMILARITY else 0.0


def _tags(gold: Label | None, predicted: Label | None) -> tuple[Tags, Tags]:
    """Return BIO tags of both labels over the characters that either has."""
    ours = "".join(gold.text.split()) if gold else ""
    theirs = "".join(predicted.text.split()) if predicted else ""
    if gold is None or predicted is None:
        tokens = [(gold is not None, predicted is not None)] * len(ours or theirs)
    else:
        tokens = _tokens(ours, theirs)
    return _bio([t[0] for t in tokens], gold), _bio([t[1] for t in tokens], predicted)


def _tokens(ours: str, theirs: str) -> list[tuple[bool, bool]]:
    """Return for each character whether it is in the gold and in the predicted label, recognition errors aligned."""
    runs: list[tuple[bool, bool, int]] = []
    for edit in Levenshtein.opcodes(ours, theirs):
        if edit.tag == "insert":
            runs.append((False, True, edit.dest_end - edit.dest_start))
        else:
            runs.append((True, edit.tag != "delete", edit.src_end - edit.src_start))
    tokens = []
    for number, (in_gold, in_predicted, length) in enumerate(runs):
        at_end = number in (0, len(runs) - 1)
        if not (in_gold and in_predicted) and not (at_end and length > _MAX_END_DIFFERENCE):
            if not in_gold:
                continue  # characters read that are not printed
            in_predicted = True
        tokens += [(in_gold, in_predicted)] * length
    return tokens


def _bio(inside: Sequence[bool], label: Label | None) -> Tags:
    """Return B, I and O tags; the inside of a label is one run."""
    if label is None:
        return ["O"] * len(inside)
    first = inside.index(True) if True in inside else -1
    return [f"{'B' if k == first else 'I'}-{label.name}" if within else "O" for k, within in enumerate(inside)]
