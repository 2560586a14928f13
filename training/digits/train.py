"""The training loop: AdamW on the CTC loss, with checkpoints, a log and evaluations on dev cells."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from models.cells.charset import CHARSET
from models.cells.crop import as_input
from training.digits.config import Config, TrainingConfig
from training.digits.evaluate import DevCell, accuracy
from training.digits.network import DigitNetwork
from training.digits.pages import PageCell
from training.digits.rounds import Batch, drawn_cells, one_round
from training.precision import has_bfloat16

CHECKPOINT = "checkpoint.pt"
BEST = "best.pt"
DRAWN = "drawn"


def train(config: Config, out: Path, pages: Sequence[PageCell], dev: Sequence[DevCell]) -> Path:
    """Train to the end, from the last checkpoint in `out` where there is one; return the file of the best weights."""
    torch.set_num_threads(config.training.threads)
    torch.manual_seed(config.seed)
    out.mkdir(parents=True, exist_ok=True)
    network = DigitNetwork(len(CHARSET) + 1, config.channels).to(
        memory_format=torch.channels_last  # type: ignore[call-overload]
    )
    optimiser = torch.optim.AdamW(network.parameters(), config.training.rate, weight_decay=config.training.decay)
    averaged = torch.optim.swa_utils.AveragedModel(
        network,
        multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(config.training.average),  # type: ignore[no-untyped-call]
        use_buffers=True,
    )
    step, best = _resumed(out / CHECKPOINT, network, averaged, optimiser)
    drawn = drawn_cells(out / DRAWN, config.shown.drawn, config.seed)
    while step < config.training.steps:
        began, random = time.process_time(), np.random.default_rng([config.seed, 1, step])
        torch.manual_seed(config.seed + step)  # for dropout
        batches = one_round(config.shown, random, drawn, pages, config.training.batch)
        batches = batches[: config.training.steps - step]
        loss = _round(config.training, network, averaged, optimiser, batches, random, step)
        step += len(batches)
        averaged.eval()
        score = accuracy(averaged.module, dev)
        _log(out, step=step, loss=loss, dev=round(score, 5), seconds=round(time.process_time() - began))
        if score >= best:
            best = score
            torch.save(averaged.module.state_dict(), out / BEST)
        _save(out / CHECKPOINT, network, averaged, optimiser, step, best, config)
    return out / BEST


def _round(
    plan: TrainingConfig,
    network: DigitNetwork,
    averaged: torch.optim.swa_utils.AveragedModel,
    optimiser: torch.optim.Optimizer,
    batches: Sequence[Batch],
    random: np.random.Generator,
    start: int,
) -> float:
    """Make a step for each batch; return the mean loss."""
    network.train()
    lost: list[float] = []
    for step, batch in enumerate(batches, start + 1):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, plan.rate, plan.warm_up, plan.steps)
        optimiser.zero_grad()
        loss = _loss(network, batch, random, plan.bfloat16 and has_bfloat16())
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), plan.clip)
        optimiser.step()
        averaged.update_parameters(network)
        lost.append(float(loss.detach()))
    return round(float(np.mean(lost)), 4)


def learning_rate(step: int, highest: float, warm_up: int, steps: int) -> float:
    """Return the learning rate of a step: linear warm-up, then half a cosine down to a hundredth of `highest`."""
    if step < warm_up:
        return highest * step / warm_up
    share = (step - warm_up) / max(1, steps - warm_up)
    return highest * (0.01 + 0.99 * (1 + math.cos(math.pi * min(1.0, share))) / 2)


def _loss(network: DigitNetwork, batch: Batch, random: np.random.Generator, bfloat16: bool) -> Tensor:
    """Return the mean over the batch of the negative log probability of each text."""
    width, examples = batch
    pictures = as_input([e.picture for e in examples], width)
    pictures += random.standard_normal(pictures.shape, np.float32) * random.uniform(0, 0.04)
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        scores = network(torch.from_numpy(pictures))
    spoken = torch.log_softmax(scores.float(), 2).transpose(0, 1)
    lengths = torch.full((len(examples),), scores.shape[1], dtype=torch.long)
    texts = torch.tensor([c for e in examples for c in e.classes], dtype=torch.long)
    sizes = torch.tensor([len(e.classes) for e in examples], dtype=torch.long)
    each = nn.functional.ctc_loss(spoken, texts, lengths, sizes, reduction="none", zero_infinity=True)
    return each.clamp(max=30.0).mean()  # an illegible cell must not dominate


def _log(out: Path, **values: float) -> None:
    line = json.dumps(values)
    print(line, flush=True)
    with (out / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def _save(
    path: Path,
    network: DigitNetwork,
    averaged: torch.optim.swa_utils.AveragedModel,
    optimiser: torch.optim.Optimizer,
    step: int,
    best: float,
    config: Config,
) -> None:
    state = {
        "network": network.state_dict(),
        "averaged": averaged.state_dict(),
        "optimiser": optimiser.state_dict(),
        "step": step,
        "best": best,
        "config": asdict(config),
    }
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def _resumed(
    path: Path,
    network: DigitNetwork,
    averaged: torch.optim.swa_utils.AveragedModel,
    optimiser: torch.optim.Optimizer,
) -> tuple[int, float]:
    """Return the step reached and the best score so far; 0 and 0 at the beginning."""
    if not path.is_file():
        return 0, 0.0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    averaged.load_state_dict(state["averaged"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"]), float(state["best"])
