"""The degradation levels as data: for each level and split which effects, how strong and how frequent.

The splits share no mix. Train and dev use our own effects, dev with other ranges, another curve of the paper, another
threshold and effects of its own; test uses Augraphy's effects and some of ours that neither of the others has. A model
that has learnt the artefacts of one program finds none of them in the test.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from training.synthetic.scan.warp import Curve

Mode = Literal["colour", "grey", "bilevel"]
Threshold = Literal["even", "local", "dither"]

LEVELS = ("digital", "clean", "office", "stamped", "skewed", "faint", "phone", "poor", "fax", "worn")
"""Levels by falling legibility: from the printer's own file to pages that a person cannot read in full."""


@dataclass(frozen=True, slots=True)
class Degradation:
    """The degradation of one document. Lengths in points, strengths from 0 to 1.

    `quality` is JPEG's. `skew` is the greatest angle of a page in degrees, `tilt` the greatest inward shift of a
    corner, `curl` the height of the paper's `curve`, `edge` the greatest shift of a page: what lies beyond has the grey
    value `surround`; below 0 the page is enlarged and its margins are cut. `turn` counts quarter turns to the left.
    `two_up` is 0 for one page a sheet, else the scale of the two pages on it. `effects` are strengths by name.
    """

    dpi: int = 200
    mode: Mode = "grey"
    threshold: Threshold = "even"
    quality: int = 75
    skew: float = 0.0
    tilt: float = 0.0
    curve: Curve = "flat"
    curl: float = 0.0
    edge: float = 0.0
    surround: float = 252.0
    turn: int = 0
    two_up: float = 0.0
    effects: Mapping[str, float] = field(default_factory=dict)


class Chance(NamedTuple):
    """An effect's strength, uniform between `low` and `high`, in this share of documents."""

    low: float
    high: float
    share: float = 1.0


Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mix:
    """The distribution of `Degradation` of a level in a split: ranges and tuples of choices are drawn from uniformly.

    `turn_share` and `two_up_share` are the shares of documents that are rotated or have two pages a sheet.
    """

    effects: Mapping[str, Chance]
    dpi: tuple[int, ...] = (200,)
    modes: tuple[Mode, ...] = ("grey",)
    threshold: Threshold = "even"
    quality: Range = (62, 78)
    skew: Range = (0.1, 0.6)
    tilt: Range = (0, 0)
    curve: Curve = "flat"
    curl: Range = (0, 0)
    edge: Range = (0, 3)
    surrounds: tuple[float, ...] = (252.0, 235.0)
    turns: tuple[int, ...] = (1, 2, 3)
    turn_share: float = 0.03
    two_up_share: float = 0.0


def draw(level: str, split: str, seed: int) -> Degradation | None:
    """Return the degradation of this document; None for `digital`. Raises ValueError for an unknown level or split."""
    if level not in LEVELS or split not in MIXES:
        raise ValueError(f"no level {level} in split {split}")
    if level == LEVELS[0]:
        return None
    mix = MIXES[split][level]
    random = np.random.default_rng([zlib.crc32(f"{level} {split}".encode()), seed])

    def some(extent: Range) -> float:
        return round(float(random.uniform(*extent)), 3)

    return Degradation(
        dpi=int(random.choice(mix.dpi)),
        mode=mix.modes[int(random.integers(len(mix.modes)))],
        threshold=mix.threshold,
        quality=round(some(mix.quality)),
        skew=some(mix.skew),
        tilt=some(mix.tilt),
        curve=mix.curve,
        curl=some(mix.curl),
        edge=some(mix.edge),
        surround=float(random.choice(mix.surrounds)),
        turn=int(random.choice(mix.turns)) * int(random.random() < mix.turn_share),
        two_up=float(random.choice((0.707, 1.0))) * int(random.random() < mix.two_up_share),
        effects={name: some((c.low, c.high)) for name, c in mix.effects.items() if random.random() < c.share},
    )


C = Chance
# fmt: off
_TRAIN = {
    "clean": Mix({"noise": C(0.02, 0.06), "blur": C(0.1, 0.3)}, (300,), ("grey", "grey", "colour"), quality=(54, 66)),
    "office": Mix(
        {"blur": C(0.2, 0.5), "noise": C(0.05, 0.15), "speckle": C(0.1, 0.4, 0.6), "shade": C(0.05, 0.2, 0.5),
         "holes": C(0.3, 0.8, 0.15), "bleed_through": C(0.1, 0.3, 0.2), "fade": C(0.05, 0.15, 0.4)},
        skew=(0.2, 0.9),
    ),
    "stamped": Mix(
        {"seal": C(0.5, 1, 0.9), "pen": C(0.3, 1, 0.7), "holes": C(0.3, 1, 0.3), "blur": C(0.2, 0.45),
         "noise": C(0.05, 0.15), "speckle": C(0.1, 0.5, 0.5)},
        modes=("colour", "colour", "grey"), skew=(0.2, 1),
    ),
    "skewed": Mix(
        {"blur": C(0.2, 0.5), "noise": C(0.05, 0.2), "speckle": C(0.1, 0.5), "shade": C(0.1, 0.3, 0.5),
         "spine": C(0.2, 0.6, 0.3), "holes": C(0.3, 1, 0.2)},
        skew=(1.2, 4), edge=(-8, 18), surrounds=(30.0, 60.0, 235.0, 252.0), turn_share=0.3, two_up_share=0.15,
    ),
    "faint": Mix(
        {"fade": C(0.45, 0.8), "drop_out": C(0.2, 0.6), "broken_rules": C(0.2, 0.7, 0.7), "wear": C(0.2, 0.7, 0.6),
         "blur": C(0.25, 0.5), "noise": C(0.08, 0.25), "bleed_through": C(0.1, 0.5, 0.3)},
        skew=(0.2, 1),
    ),
    "phone": Mix(
        {"cast": C(0.3, 0.9, 0.8), "shade": C(0.2, 0.7), "blur": C(0.5, 1.0), "noise": C(0.15, 0.4),
         "seal": C(0.5, 1, 0.15), "tint": C(0.1, 0.5, 0.4)},
        (150, 200), ("colour",), quality=(45, 65), skew=(0.5, 3), tilt=(15, 45), curve="roll", curl=(2, 11),
        edge=(5, 14), surrounds=(45.0, 90.0, 130.0), turn_share=0.1,
    ),
    "poor": Mix(
        {"blur": C(0.6, 1.0), "noise": C(0.2, 0.55), "speckle": C(0.3, 1), "fade": C(0.1, 0.4, 0.6),
         "bleed_through": C(0.3, 0.9, 0.5), "broken_rules": C(0.1, 0.5, 0.4), "swell": C(0.2, 0.8, 0.4)},
        (100, 120, 150), quality=(22, 42), skew=(0.3, 1.8), two_up_share=0.03,
    ),
    "fax": Mix(
        {"fax_lines": C(0.3, 1), "blur": C(0.4, 0.9), "speckle": C(0.3, 1), "noise": C(0.3, 0.9),
         "drop_out": C(0.1, 0.4, 0.5), "swell": C(0.2, 0.8, 0.4)},
        modes=("bilevel",), skew=(0.3, 1.5),
    ),
    "worn": Mix(
        {"fade": C(0.3, 0.75, 0.8), "drop_out": C(0.4, 1), "broken_rules": C(0.4, 1), "blur": C(0.9, 1.6),
         "noise": C(0.4, 1), "speckle": C(0.5, 1), "shade": C(0.3, 1, 0.7), "bleed_through": C(0.3, 1, 0.6),
         "pen": C(0.4, 1, 0.4), "seal": C(0.5, 1, 0.3), "tint": C(0.3, 1, 0.5)},
        (100, 120, 150), ("grey", "grey", "colour"), quality=(18, 40), skew=(0.5, 2.5), tilt=(0, 12), curve="roll",
        curl=(0, 6), edge=(-5, 8), surrounds=(40.0, 235.0), turn_share=0.05,
    ),
}
_DEV = {
    "clean": Mix(
        {"shot_noise": C(0.03, 0.08), "blur": C(0.15, 0.35)}, (300, 240), ("colour", "grey"), quality=(54, 64)
    ),
    "office": Mix(
        {"recopy": C(0.1, 0.3, 0.5), "blur": C(0.3, 0.45), "shot_noise": C(0.08, 0.2), "slope": C(0.1, 0.35, 0.6),
         "tint": C(0.1, 0.5, 0.4), "holes": C(0.6, 1, 0.25)},
        (180, 220), quality=(55, 72), skew=(0.4, 1.1),
    ),
    "stamped": Mix(
        {"seal": C(0.4, 0.9, 0.9), "marker": C(0.4, 1, 0.5), "pen": C(0.5, 0.8, 0.7), "blur": C(0.3, 0.4),
         "shot_noise": C(0.08, 0.2)},
        (180, 220), ("colour", "grey"), quality=(52, 68), skew=(0.3, 1.2),
    ),
    "skewed": Mix(
        {"blur": C(0.3, 0.45), "shot_noise": C(0.1, 0.25), "slope": C(0.2, 0.5), "spine": C(0.3, 0.8, 0.5)},
        (180, 220), quality=(55, 70), skew=(1.5, 4.5), curve="sag", curl=(0, 6), edge=(-10, 14),
        surrounds=(10.0, 70.0, 245.0), turn_share=0.35, two_up_share=0.2,
    ),
    "faint": Mix(
        {"fade": C(0.5, 0.75), "wear": C(0.5, 1), "drop_out": C(0.1, 0.45), "broken_rules": C(0.3, 0.5),
         "blur": C(0.2, 0.4), "shot_noise": C(0.1, 0.3), "tint": C(0.2, 0.7, 0.5)},
        (180, 220), quality=(55, 70), skew=(0.3, 1.2),
    ),
    "phone": Mix(
        {"slope": C(0.3, 0.9), "cast": C(0.3, 0.7, 0.5), "blur": C(0.55, 0.9), "shot_noise": C(0.25, 0.6),
         "tint": C(0.3, 0.8, 0.4)},
        (160, 180), ("colour",), quality=(40, 58), skew=(0.5, 2.5), tilt=(20, 40), curve="sag", curl=(3, 12),
        edge=(6, 12), surrounds=(60.0, 110.0), turn_share=0.15,
    ),
    "poor": Mix(
        {"recopy": C(0.3, 0.8), "blur": C(0.5, 0.8), "shot_noise": C(0.3, 0.7), "banding": C(0.2, 0.7, 0.6),
         "damp": C(0.2, 0.7, 0.4), "bleed_through": C(0.4, 0.8, 0.5)},
        (110, 130), quality=(20, 36), skew=(0.4, 1.6), two_up_share=0.03,
    ),
    "fax": Mix(
        {"fax_lines": C(0.5, 0.9), "recopy": C(0.2, 0.6), "blur": C(0.3, 0.7), "shot_noise": C(0.3, 0.8),
         "banding": C(0.3, 0.8, 0.6)},
        modes=("bilevel",), threshold="local", skew=(0.2, 1.3),
    ),
    "worn": Mix(
        {"recopy": C(0.1, 0.4), "drop_out": C(0.3, 0.7), "wear": C(0.2, 0.5, 0.4), "broken_rules": C(0.5, 0.9),
         "blur": C(0.8, 1.3), "shot_noise": C(0.5, 1), "banding": C(0.4, 1, 0.6), "damp": C(0.4, 1, 0.6),
         "slope": C(0.3, 1), "pen": C(0.5, 0.8, 0.4)},
        (110, 130), ("grey", "colour"), quality=(18, 34), skew=(0.5, 2.2), tilt=(0, 10), curve="sag", curl=(0, 6),
        edge=(-5, 8), surrounds=(20.0, 245.0), turn_share=0.05,
    ),
}
_TEST = {
    "clean": Mix(
        {"aug_subtle_noise": C(0.02, 0.1), "smear": C(0.1, 0.25)}, (300, 260), ("grey", "colour"), quality=(58, 68)
    ),
    "office": Mix(
        {"aug_ink_bleed": C(0.1, 0.4, 0.5), "aug_subtle_noise": C(0.1, 0.3), "smear": C(0.2, 0.4),
         "streaks": C(0.2, 0.6, 0.4), "aug_brightness_texture": C(0.05, 0.2, 0.5), "holes": C(0.2, 0.6, 0.2)},
        (190, 210), quality=(58, 74), skew=(0.1, 0.8),
    ),
    "stamped": Mix(
        {"oblong_seal": C(0.5, 1, 0.6), "seal": C(0.5, 1, 0.6), "pen": C(0.4, 1, 0.5), "smear": C(0.2, 0.4),
         "aug_mottling": C(0.2, 0.8, 0.5), "aug_subtle_noise": C(0.1, 0.3), "aug_coloured_paper": C(0, 0.5, 0.3)},
        (190, 210), ("colour", "grey"), quality=(56, 70), skew=(0.2, 0.9),
    ),
    "skewed": Mix(
        {"smear": C(0.2, 0.45), "aug_subtle_noise": C(0.1, 0.4), "aug_noisy_lines": C(0.1, 0.6, 0.4),
         "streaks": C(0.2, 0.7, 0.4), "holes": C(0.2, 0.8, 0.2)},
        (190, 210), quality=(56, 70), skew=(1, 4.2), curve="fold", curl=(0, 4), edge=(-9, 16),
        surrounds=(20.0, 45.0, 240.0), turn_share=0.3, two_up_share=0.15,
    ),
    "faint": Mix(
        {"aug_letterpress": C(0.2, 0.7), "aug_low_ink_lines": C(0.2, 1), "aug_worn_lines": C(0.2, 0.8, 0.7),
         "aug_mottling": C(0.6, 1), "fade": C(0.4, 0.7), "smear": C(0.2, 0.4), "aug_subtle_noise": C(0.1, 0.4)},
        (190, 210), quality=(56, 70), skew=(0.2, 1),
    ),
    "phone": Mix(
        {"aug_shadow_cast": C(0.2, 0.8, 0.8), "aug_brightness_texture": C(0.2, 0.7), "smear": C(0.5, 0.9),
         "aug_subtle_noise": C(0.4, 1), "aug_coloured_paper": C(0, 0.5, 0.4)},
        (150, 190), ("colour",), quality=(42, 60), skew=(0.5, 2.8), tilt=(15, 45), curve="fold", curl=(3, 10),
        edge=(5, 13), surrounds=(35.0, 75.0, 120.0), turn_share=0.1,
    ),
    "poor": Mix(
        {"smear": C(0.4, 0.8), "blur": C(0.3, 0.6), "halftone": C(0.3, 1, 0.5), "aug_noise_texture": C(0.2, 0.8, 0.6),
         "aug_dirty_drum": C(0.1, 0.6, 0.5), "aug_worn_lines": C(0.2, 0.6, 0.4), "aug_subtle_noise": C(0.3, 0.9)},
        (105, 125, 145), quality=(22, 40), skew=(0.3, 1.7), two_up_share=0.03,
    ),
    "fax": Mix(
        {"pepper": C(0.3, 1), "fax_lines": C(0.4, 1), "aug_ink_bleed": C(0.2, 0.7, 0.5), "smear": C(0.3, 0.8),
         "streaks": C(0.4, 1, 0.5), "aug_low_ink_lines": C(0.2, 0.8, 0.5)},
        modes=("bilevel",), threshold="dither", skew=(0.3, 1.4),
    ),
    "worn": Mix(
        {"aug_letterpress": C(0.4, 1), "aug_worn_lines": C(0.5, 1), "aug_low_ink_lines": C(0.3, 1, 0.6),
         "aug_stains": C(0.2, 0.8, 0.5), "fade": C(0.2, 0.55), "smear": C(0.8, 1.4), "blur": C(0.5, 0.9),
         "pepper": C(0.2, 0.8), "aug_dirty_drum": C(0.3, 0.9, 0.6), "aug_noise_texture": C(0.4, 1),
         "oblong_seal": C(0.5, 1, 0.4)},
        (105, 125, 145), ("grey", "grey", "colour"), quality=(18, 38), skew=(0.5, 2.4), tilt=(0, 12), curve="fold",
        curl=(0, 5), edge=(-5, 8), surrounds=(30.0, 240.0), turn_share=0.05,
    ),
}
# fmt: on
MIXES: Mapping[str, Mapping[str, Mix]] = {"train": _TRAIN, "dev": _DEV, "test": _TEST}
