"""The recipe's settings, from one TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).with_name("layout.toml")


@dataclass(frozen=True, slots=True)
class Input:
    """Longer sides in pixels: of the network's input, and of kept pages."""

    side: int
    cached: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Channels and blocks of the network, from a quarter of the resolution on."""

    channels: tuple[int, ...]
    blocks: tuple[int, ...]
    decoder: int


@dataclass(frozen=True, slots=True)
class Weights:
    """Loss weights of pixels around a zone (`edge`), and in the rare headings, furniture and stamps; 1 elsewhere."""

    edge: float
    heading: float
    furniture: float
    stamp: float


@dataclass(frozen=True, slots=True)
class Training:
    """Duration and learning rate."""

    seed: int
    batch: int
    steps: int
    rate: float
    warm_up: int
    decay: float
    average: float
    weights: Weights
    checkpoint: int


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Frequencies (shares of pages) and extents (pixels, degrees, factors) of changes to pages."""

    turn_share: float
    degrees: float
    zoom: tuple[float, float]
    stretch: float
    shift: float
    grey_share: float
    bilevel_share: float
    shade_share: float
    blur_share: float
    noise_share: float
    stamp_share: float
    blank_share: float


@dataclass(frozen=True, slots=True)
class Config:
    """All settings."""

    input: Input
    network: Shape
    training: Training
    augmentation: Augmentation


def read_config(path: Path = DEFAULT) -> Config:
    """Return the settings in a file. Raises TypeError for a missing or unknown one."""
    data: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    parts: dict[str, Any] = {
        name: {key: tuple(value) if isinstance(value, list) else value for key, value in part.items()}
        for name, part in data.items()
    }
    training = {**parts["training"], "weights": Weights(**parts["training"]["weights"])}
    return Config(
        Input(**parts["input"]), Shape(**parts["network"]), Training(**training), Augmentation(**parts["augmentation"])
    )
