"""The recipe's settings, from `config.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

DEFAULT = Path(__file__).with_name("config.toml")


@dataclass(frozen=True, slots=True)
class ShownConfig:
    """Training examples: number of `drawn` cells, share of crops from `pages`, and batches of a `round`."""

    drawn: int
    pages: float
    round: int


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """The loop: AdamW with warm-up and cosine decay."""

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
    """All settings that determine the weights."""

    seed: int
    channels: tuple[int, int, int, int]
    shown: ShownConfig
    training: TrainingConfig
    dev_cells: int


def load_config(path: Path = DEFAULT) -> Config:
    """Return the settings in a TOML file. Raises OSError, TOMLDecodeError, KeyError or TypeError for a faulty one."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    a, b, c, d = data["network"]["channels"]
    return Config(
        int(data["seed"]),
        (a, b, c, d),
        ShownConfig(**data["shown"]),
        TrainingConfig(**data["training"]),
        int(data["dev"]["cells"]),
    )
