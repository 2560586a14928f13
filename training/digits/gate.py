"""Train the cell recogniser for `gouji train digits`, and compare it with the one in use on cells of the test split.

RUN holds  cells/           crops of scans at gold boxes: train, dev, frozen; of annotated reports learnt and held_out
           drawn/, *.pt     drawn cells and checkpoints; a second call continues an interrupted run
           model/           what `gouji models promote RUN` would put into use
           comparison.json, comparison.html   old and new on the same cells
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import GroupShuffleSplit

from annotations import store
from annotations.store import DRAFT, Annotation, read_folder
from extraction.errors import UsageError
from models.cells.charset import OTHER
from models.cells.reader import CellReader, CellReading
from models.files import write_text
from models.gate.comparison import Comparison, Trial, judged, write_comparison
from models.gate.outcomes import Outcome, changes
from models.gate.promote import weights_in_use
from models.versions import sha256_of
from training.digits.__main__ import cut_cells
from training.digits.config import Config
from training.digits.evaluate import ACCEPT, DevCell, dev_cells
from training.digits.export import NAME, ship
from training.digits.pages import load_cells, load_file
from training.digits.train import BEST, train
from training.gate_page import render_page

STRICT = ("not silent", "blank or 0")
"""Kinds of which not one more may be wrong."""

_MINI = Path(store.__file__).parent / "mini"
_HELD_OUT_SHARE = 0.25  # of the annotated organizations
_BLANKS = {"", "-"}
_CALIBRATION_STEP = 40  # one of so many cells of the training split calibrates the quantisation

Documents = list[tuple[Annotation, Path]]


class Data(NamedTuple):
    """The data sets: to train on, to choose and calibrate by, to compare on, and newly annotated reports."""

    train: Path | None
    dev: Path | None
    frozen: Path | None = None
    annotations: Path | None = None


def train_and_compare(config: Config, data: Data, out: Path, command: str) -> Comparison:
    """Train, write RUN/model, and return the comparison. Raises UsageError, WeightsError."""
    if data.dev is None:
        raise UsageError("gouji train digits needs --dev: a data set to choose and calibrate the network by")
    frozen = data.frozen or _MINI
    old = weights_in_use(NAME)
    cells = out / "cells"
    cut_cells(_documents(data.dev), cells / "dev", jitter=False)
    cut_cells(_documents(frozen), cells / "frozen", jitter=False)
    if data.train is not None:
        cut_cells(_documents(data.train), cells / "train", jitter=True)
    if data.annotations is not None:
        learnt, held_out = split_by_organization(_documents(data.annotations), config.seed)
        cut_cells(learnt, cells / "learnt", jitter=True)
        cut_cells(held_out, cells / "held_out", jitter=False)
    pages = [cell for part in ("train", "learnt") for cell in load_cells(cells / part)]
    dev = dev_cells(load_cells(cells / "dev", common={}))
    train(config, out, pages, dev[: config.dev_cells])
    ship(out / BEST, config, dev_cells(pages)[::_CALIBRATION_STEP], dev, out / "model", command)
    names = [("frozen", "测试划分的格子", False)]
    if data.annotations is not None:
        names.append(("held_out", "新标注的报告中留出的机关，未参加训练", True))
    networks = CellReader(folder=old.path().parent), CellReader(folder=out / "model")
    sets = [tested(*networks, cells / name, about, held_out=held) for name, about, held in names]
    new = sha256_of(out / "model" / f"{NAME}.onnx")
    comparison = judged(
        Comparison(NAME, old.sha256, old.version, new, tuple(sets), command, {"seed": config.seed}, STRICT)
    )
    write_comparison(out, comparison)
    write_text(out / "comparison.html", render_page(comparison))
    return comparison


def split_by_organization(documents: Documents, seed: int) -> tuple[Documents, Documents]:
    """Return documents to train on and documents held out, of different organizations; all of them train where there
    is one."""
    documents = [(gold, path) for gold, path in documents if DRAFT not in gold.facts]
    groups = [gold.report.organization or gold.report.source.sha256 for gold, _ in documents]
    if len(set(groups)) < 2:
        return documents, []
    splitter = GroupShuffleSplit(n_splits=1, test_size=_HELD_OUT_SHARE, random_state=seed)
    learnt, held_out = next(splitter.split(np.zeros(len(groups)), groups=groups))
    return [documents[i] for i in learnt], [documents[i] for i in held_out]


def tested(old: CellReader, new: CellReader, folder: Path, about: str, *, held_out: bool) -> Trial:
    """Return the outcomes of both networks on the cells in a folder."""
    files = sorted(folder.glob("*.npz"))
    before, after = (list(outcomes(network, files)) for network in (old, new))
    digest = hashlib.sha256("".join(f"{path.name} {sha256_of(path)}\n" for path in files).encode()).hexdigest()
    name = "held-out reports" if held_out else "frozen test cells"
    return Trial(name, about, digest, len(files), held_out, tuple(changes(before, after)))


def outcomes(network: CellReader, files: Sequence[Path]) -> Iterator[Outcome]:
    """Yield the outcome of a network on the cells of each report."""
    for path in files:
        cells = dev_cells(list(load_file(path, {})))
        readings = network.read([cell.picture for cell in cells])
        for reading, cell in zip(readings, cells, strict=True):
            for kind, right in _kinds(reading, cell):
                yield Outcome(path.stem, kind, right)


def _kinds(reading: CellReading, cell: DevCell) -> Iterator[tuple[str, bool]]:
    sure = not reading.foreign and reading.probability >= ACCEPT
    if OTHER in cell.text:
        yield "other text", not sure
        return
    right = reading.text == cell.text or {reading.text, cell.text} <= _BLANKS
    yield "figures", right
    yield "accepted", right and sure
    yield "not silent", right or not sure
    if cell.text in ("", "0"):
        yield "blank or 0", {reading.text, cell.text} != {"", "0"}


def _documents(folder: Path) -> Documents:
    try:
        return list(read_folder(folder))
    except (ValueError, OSError) as error:
        raise UsageError(f"{folder}: {error}") from error
