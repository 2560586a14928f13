"""The recipe's settings, from `config.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

DEFAULT = Path(__file__).with_name("config.toml")


@dataclass(frozen=True, slots=True)
class StreamConfig:
    """Cells on their way to training: `shard` and `pool` in cells and shards, `pages` the share cut from pages."""

    shard: int
    pool: int
    pages: float
    reuse: float


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """The loop: AdamW with a warm-up and a cosine."""

    batch: int
    steps: int
    rate: float
    warm_up: int
    decay: float
    clip: float
    every: int
    threads: int
    bfloat16: bool


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that shapes the weights."""

    seed: int
    channels: tuple[int, int, int, int]
    stream: StreamConfig
    training: TrainingConfig
    dev_cells: int


def load_config(path: Path = DEFAULT) -> Config:
    """The settings in a TOML file; raises OSError, TOMLDecodeError, KeyError or TypeError where it is not right."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    a, b, c, d = data["network"]["channels"]
    return Config(
        int(data["seed"]),
        (a, b, c, d),
        StreamConfig(**data["stream"]),
        TrainingConfig(**data["training"]),
        int(data["dev"]["cells"]),
    )
