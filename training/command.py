"""`gouji train`: its arguments and its steps. torch is imported when a training runs."""

from __future__ import annotations

import argparse
import shlex
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

from extraction.errors import ModelError, UsageError
from extraction.messages import Messages

DESCRIPTION = """\
Trains a network of Gouji's own and compares it with the one in use, on pages that neither was trained on. Nothing is
replaced: `gouji models promote RUN` does that, if the comparison allows it. A run that was broken off goes on when the
same command is given again. Needs the extra train: pip install 'gouji[train]'
"""

EPILOG = """\
examples:
  gouji train labeller RUN --annotations DIR          on annotated reports, from the weights in use
  gouji train digits RUN --train TRAIN --dev DEV      from data sets of python -m training.synthetic

exit codes: 0 trained and compared, whatever the comparison says; 2 the call is wrong, or something is not installed
"""

_LABELLER = """\
examples:
  gouji train labeller RUN --annotations DIR        on from the weights in use, on annotated reports (ten minutes)
  gouji train labeller RUN                          the whole recipe, from nothing (an hour of two cores)
  gouji train labeller RUN --base hfl/chinese-macbert-base    the whole recipe from another checkpoint

then
  xdg-open RUN/comparison.html                      old and new, side by side
  gouji models promote RUN                          into use, if it is better and nowhere worse
  tensorboard --logdir RUN                          how the training went

DIR is a folder of gold (annotations/GUIDE.md): reports/*.json beside their documents, of two organizations at least,
since a part of them is held out to be tested on. Settings: training/labeller/retraining.toml and config.toml.
"""

_DIGITS = """\
examples:
  python -m training.synthetic TRAIN --split train --reports 200
  python -m training.synthetic DEV --split dev --reports 40
  gouji train digits RUN --train TRAIN --dev DEV
  gouji train digits RUN --train TRAIN --dev DEV --annotations DIR    annotated scans too, a part of them held out
  gouji models promote RUN

The cells of --frozen (default: annotations/mini of a source checkout) are read by the old and the new network; they are
never trained on. Settings: training/digits/config.toml.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the networks that can be trained; each sets `step`, which `run` calls."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    networks = parser.add_subparsers(title="networks", required=True, metavar="NETWORK")

    labeller = networks.add_parser(
        "labeller",
        help="the token classifier: what rows, columns, headings and figures in sentences are",
        epilog=_LABELLER,
    )
    _add_common(labeller)
    labeller.add_argument("--base", metavar="CHECKPOINT", help="start from this folder, or from this name on a hub")
    labeller.set_defaults(step=_labeller)

    digits = networks.add_parser(
        "digits",
        help="the cell recogniser: figures in table cells",
        epilog=_DIGITS,
    )
    _add_common(digits)
    digits.add_argument("--train", type=Path, metavar="DATASET", help="data set of the training split")
    digits.add_argument("--dev", type=Path, metavar="DATASET", help="data set of the dev split")
    digits.add_argument("--frozen", type=Path, metavar="DATASET", help="data set of the test split to compare on")
    digits.set_defaults(step=_digits)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, metavar="RUN", help="folder of the training: data, checkpoints, logs, model")
    parser.add_argument("--annotations", type=Path, metavar="DIR", help="annotated reports to learn from")
    parser.add_argument("--config", type=Path, metavar="TOML", help="other settings")


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Train and compare; return exit code 0 whatever the verdict. Raises UsageError, ModelError, WeightsError."""
    lacking = [name for name in ("torch", "transformers", "datasets", "sklearn") if find_spec(name) is None]
    if lacking:
        raise ModelError("training needs {packages}: pip install 'gouji[train]'", packages=", ".join(lacking))
    try:
        promote = parsed.step(parsed)
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise UsageError(f"{parsed.config or 'the settings'}: {error}") from error
    if promote is None:
        print(messages("trained: {model}; there are no weights in use to compare it with", model=parsed.out / "model"))
        return 0
    told = "compared: {page}; better" if promote else "compared: {page}; to be refused"
    print(messages(told, page=parsed.out / "comparison.html"))
    after = "next: gouji models promote {run}" if promote else "gouji models promote {run} would say why"
    print(messages(after, run=parsed.out))
    return 0


def _labeller(parsed: argparse.Namespace) -> bool | None:
    """Train the token classifier; return whether it is better than the one in use, None where there is none."""
    from training.labeller.config import DEFAULT, RETRAINING, read_config, read_retraining

    command = shlex.join(["gouji", *sys.argv[1:]])
    if parsed.annotations is None:
        from training.labeller.__main__ import train
        from training.labeller.retrain import compare_run

        train(read_config(parsed.config or DEFAULT), parsed.out, parsed.base, command)
        return compare_run(read_retraining(), parsed.out, command)
    from training.labeller.retrain import retrain

    base = Path(parsed.base) if parsed.base else None
    config = read_retraining(parsed.config or RETRAINING)
    return retrain(config, parsed.annotations, parsed.out, base, command).promote


def _digits(parsed: argparse.Namespace) -> bool | None:
    """Train the cell recogniser: whether it is better than the one in use, None where there is none."""
    from training.digits.config import DEFAULT, load_config
    from training.digits.gate import Data, train_and_compare

    data = Data(parsed.train, parsed.dev, parsed.frozen, parsed.annotations)
    config = load_config(parsed.config or DEFAULT)
    command = shlex.join(["gouji", *sys.argv[1:]])
    return train_and_compare(config, data, parsed.out, command).promote
