"""Train the cell recogniser: `python -m training.digits OUT --train DATA --dev DATA`.

Crops the cells of the annotated reports of both data sets into OUT/cells (existing files are kept), trains into OUT,
and continues from the last checkpoint when called again. Then writes ONNX and model.toml, with the scores on dev.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import models
from annotations.store import Annotation, read_folder
from training.digits.config import DEFAULT, load_config
from training.digits.evaluate import dev_cells
from training.digits.pages import cells_of, load_cells, save_cells

_COMMAND = "python -m training.digits RUN --train TRAIN --dev DEV"
_CALIBRATION_STEP = 40  # one of so many cells of the training split calibrates the quantisation
WEIGHTS = Path(models.__file__).parent / "weights" / "digits"


def main() -> int:
    """Run the requested steps; return exit code 0."""
    parser = argparse.ArgumentParser(
        prog="python -m training.digits", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder for cells, checkpoints and log")
    parser.add_argument("--train", type=Path, help="data set of the training split (default: drawn cells only)")
    parser.add_argument("--dev", type=Path, help="data set of the dev split")
    parser.add_argument("--config", type=Path, default=DEFAULT)
    parser.add_argument("--cells", action="store_true", help="cut cells and stop")
    parser.add_argument("--no-training", action="store_true", help="only write what was trained before")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="folder to write the weights to")
    arguments = parser.parse_args()
    for split in ("train", "dev"):
        data = getattr(arguments, split)
        if data is not None:
            cut_cells(read_folder(data), arguments.out / "cells" / split, jitter=split == "train")
    if arguments.cells:
        return 0

    from training.digits.export import ship  # loads torch
    from training.digits.train import BEST, train

    config = load_config(arguments.config)
    dev = dev_cells(load_cells(arguments.out / "cells" / "dev", common={}))
    pages = load_cells(arguments.out / "cells" / "train")
    if not arguments.no_training:
        train(config, arguments.out, pages, dev[: config.dev_cells])
    seen = dev_cells(pages)[::_CALIBRATION_STEP]
    for line in ship(arguments.out / BEST, config, seen, dev, arguments.weights, _COMMAND):
        print(line)
    return 0


def cut_cells(documents: Iterable[tuple[Annotation, Path]], folder: Path, jitter: bool) -> None:
    """Crop the cells of annotated documents into `folder`, one file a document; existing files are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (annotation, path) in enumerate(documents):
        target = folder / f"{annotation.id}.npz"
        if not target.is_file():
            random = np.random.default_rng(number) if jitter else None
            save_cells(target, list(cells_of(annotation, path, random)))


if __name__ == "__main__":
    sys.exit(main())
