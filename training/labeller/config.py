"""The recipe's settings, from one TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

DEFAULT = Path(__file__).with_name("config.toml")


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The shape of our own network; another base brings its own."""

    hidden: int
    layers: int
    heads: int
    longest: int
    dropout: float


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Number of invented reports, and the least frequency of a character in the vocabulary."""

    reports: int
    words: int


@dataclass(frozen=True, slots=True)
class NoiseConfig:
    """Noise of pages (`noise.py`). `rates` are ranges of the share of characters misread, `shares` their
    frequencies; `jitter` is in thousandths of a page."""

    rates: tuple[tuple[float, float], ...]
    shares: tuple[float, ...]
    pieces: float
    wordings: float
    placeless: float
    squeezed: float
    jitter: float


@dataclass(frozen=True, slots=True)
class PretrainingConfig:
    """Masked language modelling (Devlin et al. 2019, arXiv:1810.04805) on pages with noise."""

    steps: int
    batch: int
    rate: float
    masked: float


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """The loop: AdamW with warm-up and cosine decay, stopped early where dev does not improve.

    `weight` is the loss weight of a character of a narrative figure, organization or year, which are rare.
    """

    steps: int
    batch: int
    rate: float
    warm_up: float
    decay: float
    clip: float
    every: int
    patience: int
    bfloat16: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Config:
    """All settings that determine the weights."""

    seed: int
    network: NetworkConfig
    data: DataConfig
    noise: NoiseConfig
    pretraining: PretrainingConfig
    training: TrainingConfig
    finishing: TrainingConfig


def read_config(path: Path = DEFAULT) -> Config:
    """Return the settings in a TOML file. Raises OSError, TOMLDecodeError, KeyError or TypeError for a faulty one."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    noise = data["noise"]
    rates = tuple((float(low), float(high)) for low, high in noise.pop("rates"))
    return Config(
        int(data["seed"]),
        NetworkConfig(**data["network"]),
        DataConfig(**data["data"]),
        NoiseConfig(rates, tuple(noise.pop("shares")), **noise),
        PretrainingConfig(**data["pretraining"]),
        TrainingConfig(**data["training"]),
        TrainingConfig(**data["finishing"]),
    )


RETRAINING = Path(__file__).with_name("retraining.toml")


@dataclass(frozen=True, slots=True)
class MixConfig:
    """Data of a retraining: number of invented `reports`, share of `annotated` pages, share of organizations
    `held_out`."""

    reports: int
    annotated: float
    held_out: float


@dataclass(frozen=True, slots=True)
class ComparisonConfig:
    """Test data of both networks: so many reports of the frozen test split, `misread` once at each rate."""

    reports: int
    misread: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RetrainingConfig:
    """A retraining. `noise` is that of the whole recipe."""

    seed: int
    data: MixConfig
    noise: NoiseConfig
    training: TrainingConfig
    comparison: ComparisonConfig


def read_retraining(path: Path = RETRAINING) -> RetrainingConfig:
    """Return the settings in a TOML file. Raises as `read_config` does."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return RetrainingConfig(
        int(data["seed"]),
        MixConfig(**data["data"]),
        read_config().noise,
        TrainingConfig(**data["training"]),
        ComparisonConfig(int(data["comparison"]["reports"]), tuple(data["comparison"]["misread"])),
    )
