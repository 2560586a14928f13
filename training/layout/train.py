# mypy: disable-error-code="no-untyped-call"
"""Training: pages in random order, augmented anew each time; resumes from its last checkpoint.

One thread; all randomness follows from the seed and the step, so that a resumed run gives the result of an unbroken one
(but for the order of pages within the epoch that it starts anew).
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training.layout.augment import Sample, sample
from training.layout.config import Config
from training.layout.network import STEP, LayoutNet
from training.layout.pages import SmallPage
from training.precision import has_bfloat16

CHECKPOINT = "checkpoint.pt"
_SHAPE = 0.707  # of the canvas: A4


def train(pages: Sequence[SmallPage], config: Config, out: Path) -> LayoutNet:
    """Return the averaged network after all steps; writes OUT/checkpoint.pt and OUT/log.jsonl (loss and seconds by
    step)."""
    settings = config.training
    torch.set_num_threads(1)
    torch.manual_seed(settings.seed)
    net = LayoutNet(config.network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(settings.average), use_buffers=True)
    optimizer = torch.optim.AdamW(net.parameters(), lr=settings.rate, weight_decay=settings.decay)
    first = _resumed(out / CHECKPOINT, net, average, optimizer)
    batches = _batches(pages, config, np.random.default_rng([settings.seed, first]))
    begun, losses = time.process_time(), []
    for step in range(first, settings.steps):
        for group in optimizer.param_groups:
            group["lr"] = _rate(step, config)
        losses.append(_step(net, optimizer, next(batches), settings.weights.stamp))
        average.update_parameters(net)
        done = step + 1
        if done % 20 == 0:
            _log(out, step=done, of=settings.steps, loss=float(np.mean(losses)), seconds=time.process_time() - begun)
            losses.clear()
        if done % settings.checkpoint == 0 or done == settings.steps:
            _save(out / CHECKPOINT, done, net, average, optimizer)
    return cast(LayoutNet, average.module.eval())


def averaged(checkpoint: Path, config: Config) -> LayoutNet:
    """Return the averaged network of a checkpoint, of an unfinished run too."""
    net = LayoutNet(config.network)
    average = AveragedModel(net, use_buffers=True)
    average.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    return cast(LayoutNet, average.module.eval())


def loss_of(logits: Tensor, classes: Tensor, stamps: Tensor, weights: Tensor, stamp: float) -> Tensor:
    """Return the weighted cross entropy of the classes, plus that of stamps with positive weight `stamp`.

    logits N x (CLASSES + 1) x h x w; classes (indices), stamps (0 or 1) and weights N x h x w.
    """
    logits = logits.float()
    entropy = functional.cross_entropy(logits[:, :-1], classes, reduction="none") * weights
    marked = functional.binary_cross_entropy_with_logits(logits[:, -1], stamps, pos_weight=torch.tensor(stamp))
    return entropy.mean() + marked


def _step(net: LayoutNet, optimizer: torch.optim.Optimizer, batch: Sequence[Sample], stamp: float) -> float:
    pictures = torch.from_numpy(np.stack([s.picture for s in batch])).permute(0, 3, 1, 2).float()
    classes = torch.from_numpy(np.stack([s.classes for s in batch])).long()
    stamps = torch.from_numpy(np.stack([s.stamps for s in batch])).float()
    weights = torch.from_numpy(np.stack([s.weights for s in batch]))
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16()):
        logits = net(pictures)
    loss = loss_of(logits, classes, stamps, weights, stamp)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
    optimizer.step()
    return float(loss.detach())


def _batches(pages: Sequence[SmallPage], config: Config, random: np.random.Generator) -> Iterator[list[Sample]]:
    """Yield batches endlessly: portrait pages together, landscape pages together."""
    side, how = config.input.side, config.augmentation
    short = round(side * _SHAPE / STEP) * STEP
    waiting: dict[bool, list[Sample]] = {False: [], True: []}
    while True:
        for index in random.permutation(len(pages)):
            page = pages[index]
            quarters = int(random.integers(1, 4)) if random.random() < how.turn_share else 0
            across = page.across != (quarters % 2 == 1)
            shape = (short, side) if across else (side, short)
            batch = waiting[across]
            batch.append(sample(page, quarters, shape, config.training.weights, how, random))
            if len(batch) == config.training.batch:
                yield batch
                waiting[across] = []


def _rate(step: int, config: Config) -> float:
    settings = config.training
    if step < settings.warm_up:
        return settings.rate * (step + 1) / settings.warm_up
    gone = (step - settings.warm_up) / max(1, settings.steps - settings.warm_up)
    return settings.rate * (0.01 + 0.99 * (1 + math.cos(math.pi * gone)) / 2)


def _resumed(path: Path, net: LayoutNet, average: AveragedModel, optimizer: torch.optim.Optimizer) -> int:
    """Load a checkpoint; return the step to continue from."""
    if not path.is_file():
        return 0
    kept: dict[str, Any] = torch.load(path, weights_only=True)
    net.load_state_dict(kept["net"])
    average.load_state_dict(kept["average"])
    optimizer.load_state_dict(kept["optimizer"])
    return int(kept["step"])


def _save(path: Path, step: int, net: LayoutNet, average: AveragedModel, optimizer: torch.optim.Optimizer) -> None:
    kept = {
        "step": step,
        "net": net.state_dict(),
        "average": average.state_dict(),
        "optimizer": optimizer.state_dict(),
    }
    torch.save(kept, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def _log(out: Path, **entry: float) -> None:
    line = json.dumps({name: round(value, 4) for name, value in entry.items()})
    print(line, flush=True)
    with (out / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
