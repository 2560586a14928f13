"""Train the layout network: `python -m training.layout OUT --train DATASET`. A second run continues an interrupted
one."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from training.layout.config import DEFAULT, read_config
from training.layout.export import export
from training.layout.pages import small_pages
from training.layout.train import train


def main() -> int:
    """Train and export; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.layout", description=__doc__)
    parser.add_argument("out", type=Path, help="folder of the run: checkpoint, log, small pages, layout.onnx")
    parser.add_argument("--train", type=Path, nargs="+", required=True, help="data sets with zones in their gold")
    parser.add_argument("--config", type=Path, default=DEFAULT, help="settings (default: layout.toml beside this)")
    given = parser.parse_args()
    config = read_config(given.config)
    given.out.mkdir(parents=True, exist_ok=True)
    pages = [p for folder in given.train for p in small_pages(folder, given.out / "pages", config.input.cached)]
    print(f"{len(pages)} pages", flush=True)
    net = train(pages, config, given.out)
    export(net, config, given.out / "model", shlex.join(["python", "-m", "training.layout", *sys.argv[1:]]), pages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
