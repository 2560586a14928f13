"""Retraining: the weights in use are fine-tuned on annotated and invented reports, then compared with the old ones.

gouji train labeller RUN --annotations DIR

RUN holds  data/            the annotated pages as read, the invented ones as typeset
           training/        checkpoints and TensorBoard logs; a second call continues an interrupted run
           model/           what `gouji models promote RUN` would put into use
           comparison.json, comparison.html   old and new on the frozen test split and on held-out reports
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from datasets import Dataset, concatenate_datasets

from annotations.store import read_folder
from extraction.errors import UsageError
from models.files import write_text
from models.gate.comparison import Comparison, Trial, judged, write_comparison
from models.gate.promote import weights_in_use
from models.label_tokens import Vocabulary, characters
from models.labeller import NAME, Labeller
from models.versions import sha256_of
from models.weights import Weights, WeightsError, weights
from training.gate_page import render_page
from training.labeller.batches import fixed_windows
from training.labeller.compare import ShownPage, frozen, labeller_in, tested
from training.labeller.config import RetrainingConfig, read_config
from training.labeller.data.annotated import annotated_pages, gold_hash, split_by_organization
from training.labeller.data.noise import with_noise
from training.labeller.data.pages import draft_pages, page_of
from training.labeller.data.tagged import Example
from training.labeller.data.wordings import annotated_wordings, write_wordings
from training.labeller.export import CHECKPOINT, export
from training.labeller.network import VOCABULARY, longest_of, vocabulary_of
from training.labeller.train import fine_tuned

_FIRST_REPORT = 1_000_000  # invented reports from here on are none that the whole recipe is fine_tuned with
_DEV_REPORTS = 20  # invented, by which the temperature is fitted


def retrain(config: RetrainingConfig, annotations: Path, out: Path, base: Path | None, command: str) -> Comparison:
    """Train, write RUN/model, and return the comparison. Raises UsageError, WeightsError."""
    out.mkdir(parents=True, exist_ok=True)
    old = weights_in_use(NAME)
    start = base or old.path().parent / CHECKPOINT
    _same_run(out, gold_hash(annotations), old.sha256, start)
    parts = split_by_organization(annotated_pages(annotations, out / "data"), config.data.held_out, config.seed)
    model = retrained(config, parts.learnt, out, start, command)
    learnt = set(parts.learnt["report"])
    wordings = annotated_wordings({a.id: a.labels for a, _ in read_folder(annotations) if a.id in learnt}.values())
    write_wordings(model, wordings)
    about = {
        "new wordings of rows and columns": sum(len(texts) for _, texts in wordings),
        "annotated reports learnt from": len(set(parts.learnt["report"])),
        "annotated reports held out": len(set(parts.tested["report"])),
        "organizations held out": len(set(parts.tested["organization"])),
        "seed": config.seed,
        "steps": config.training.steps,
    }
    held_out = [ShownPage(row["report"], page_of(row)) for row in parts.tested]
    return compare(old, model, held_out, config, out, command, about)


def compare_run(config: RetrainingConfig, out: Path, command: str) -> bool | None:
    """Compare the network of the whole recipe with the one in use, on the frozen test split.

    Return whether it may take over, None where there is none in use.
    """
    try:
        old = weights(NAME)
    except WeightsError:
        return None
    return compare(old, out / "model", None, config, out, command, {"recipe": "from nothing"}).promote


def retrained(
    config: RetrainingConfig, learnt: Dataset, out: Path, start: Path, command: str, data: Path | None = None
) -> Path:
    """Return the folder of the network fine-tuned from the checkpoint `start` on the annotated pages.

    `data` keeps the invented pages, for several trainings that share them.
    """
    data = data or out / "data"
    known = _vocabulary(start)
    vocabulary = _extended(known, learnt)
    whole = read_config()
    longest = min(whole.network.longest, longest_of(start))
    network = replace(whole.network, longest=longest)
    recipe = replace(whole, seed=config.seed, network=network, noise=config.noise, training=config.training)
    old = draft_pages("train", _FIRST_REPORT, config.data.reports, data)
    pages = mixed(old, learnt, config.data.annotated)
    model = fine_tuned(start, pages, (), vocabulary, recipe, out / "training")
    dev = _dev_windows(config, learnt, vocabulary, longest, data)
    folder = out / "model"
    export(model, vocabulary, longest, dev, folder, {"command": command, "from": sha256_of(_weights_of(start))})
    return folder


def compare(
    old: Weights,
    folder: Path,
    held_out: list[ShownPage] | None,
    config: RetrainingConfig,
    out: Path,
    command: str,
    about: Mapping[str, Any],
) -> Comparison:
    """Compare old and new on the same pages; write `comparison.json` and `comparison.html` to `out`.

    `held_out` is None where there are no annotated reports.
    """
    networks = labeller_in(old.path().parent), labeller_in(folder)
    sets = [frozen(*networks, config.comparison)]
    if held_out is not None:
        sets += _held_out(*networks, held_out)
    new = sha256_of(folder / f"{NAME}.onnx")
    found = Comparison(NAME, old.sha256, old.version, new, tuple(sets), command, dict(about))
    comparison = judged(found)
    write_comparison(out, comparison)
    write_text(out / "comparison.html", render_page(comparison))
    return comparison


def mixed(old: Dataset, new: Dataset, share: float) -> Dataset:
    """Return the pages of both, the new ones repeated to make up this share of all."""
    times = max(1, round(share / (1 - share) * len(old) / len(new)))
    return concatenate_datasets([old, *[new] * times])


def _held_out(old: Labeller, new: Labeller, pages: list[ShownPage]) -> list[Trial]:
    if not pages:
        return [Trial("held-out reports", "只有一个机关的标注，无法留出", "", 0, True, ())]
    about = "新标注的报告中留出的机关，未参加训练"
    return [tested(old, new, pages, "held-out reports", about, held_out=True)]


def _same_run(out: Path, gold: str, old: str, start: Path) -> None:
    """Raise UsageError where the folder holds another training: other gold or another start would mix two."""
    path = out / "retraining.json"
    this = {"gold": gold, "compared_with": old, "start": sha256_of(_weights_of(start))}
    if path.is_file() and (known := json.loads(path.read_text(encoding="utf-8"))) != this:
        other = ", ".join(name for name in this if this[name] != known.get(name))
        raise UsageError(f"{out} holds a training on something else ({other}); use another folder")
    write_text(path, json.dumps(this, indent=1) + "\n")


def _weights_of(start: Path) -> Path:
    path = start / "model.safetensors"
    if not path.is_file():
        raise UsageError(f"{start} is no checkpoint to go on from (no model.safetensors); --base names another")
    return path


def _vocabulary(start: Path) -> Vocabulary:
    return vocabulary_of(start if (start / VOCABULARY).is_file() else start.parent)


def _extended(known: Vocabulary, learnt: Dataset) -> Vocabulary:
    """Return the vocabulary with characters that only the annotated pages have."""
    seen = {c for texts in learnt["texts"] for text in texts for _, c in characters(text)}
    return Vocabulary([*known.tokens, *sorted(seen - set(known.tokens))])


def _dev_windows(
    config: RetrainingConfig, learnt: Dataset, vocabulary: Vocabulary, longest: int, data: Path
) -> list[Example]:
    """Return the windows by which the temperature is fitted.

    They are invented pages of the dev split, and annotated ones with more noise.
    """
    invented = draft_pages("dev", _FIRST_REPORT, min(_DEV_REPORTS, config.data.reports), data)
    rows = [*invented, *learnt.select(range(min(len(learnt), 2 * _DEV_REPORTS)))]
    noisy = [with_noise(page_of(row), Random(number), config.noise) for number, row in enumerate(rows)]
    return fixed_windows(noisy, vocabulary, longest)
