"""The recipe's settings, from `config.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

DEFAULT = Path(__file__).with_name("config.toml")


@dataclass(frozen=True, slots=True)
class ShownConfig:
    """What is shown: `drawn` cells in all, `pages` the share cut from pages, and the batches of a `round`."""

    drawn: int
    pages: float
    round: int


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """The loop: AdamW with a warm-up and a cosine."""

    batch: int
    steps: int
    rate: float
    warm_up: int
    decay: float
    clip: float
    average: float
    threads: int
    bfloat16: bool


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that shapes the weights."""

    seed: int
    channels: tuple[int, int, int, int]
    shown: ShownConfig
    training: TrainingConfig
    dev_cells: int


def load_config(path: Path = DEFAULT) -> Config:
    """The settings in a TOML file; raises OSError, TOMLDecodeError, KeyError or TypeError where it is not right."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    a, b, c, d = data["network"]["channels"]
    return Config(
        int(data["seed"]),
        (a, b, c, d),
        ShownConfig(**data["shown"]),
        TrainingConfig(**data["training"]),
        int(data["dev"]["cells"]),
    )
