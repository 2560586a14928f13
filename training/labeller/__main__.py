"""Train the token classifier: `python -m training.labeller RUN`. A second call continues an interrupted run."""

from __future__ import annotations

import argparse
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

from extraction.forms.catalogue import sections, template, template_ids
from models.label_tokens import Vocabulary
from training.labeller.batches import fixed_windows
from training.labeller.card import write_readme
from training.labeller.config import DEFAULT, Config, read_config
from training.labeller.data.noise import confusions, with_noise
from training.labeller.data.pages import draft_pages, page_of
from training.labeller.data.tagged import Example
from training.labeller.export import export
from training.labeller.network import VOCABULARY, new_vocabulary, vocabulary_of
from training.labeller.train import fine_tuned, pretrained


def main() -> int:
    """Run the recipe; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.labeller", description=__doc__)
    parser.add_argument("out", type=Path, help="folder of the run: data, checkpoints, logs, and model/ at the end")
    parser.add_argument("--config", type=Path, default=DEFAULT, help="settings (default: config.toml beside this)")
    parser.add_argument("--base", help="a checkpoint to start from, a folder or a name on a hub (default: our own)")
    given = parser.parse_args()
    command = shlex.join(["python", "-m", "training.labeller", *sys.argv[1:]])
    train(read_config(given.config), given.out, given.base, command)
    return 0


def train(config: Config, out: Path, base: str | None, command: str) -> None:
    """Run the whole recipe; OUT/model has the files of `models.labeller`. Without a `base` it pre-trains its own
    first."""
    pages = draft_pages("train", 0, config.data.reports, out / "data")
    if base:
        start, vocabulary = base, vocabulary_of(base)
    else:
        texts = (text for page in pages for text in page["texts"])
        vocabulary = new_vocabulary([*texts, *_printed(), confusions().everything], config.data.words)
        start = str(pretrained(pages, vocabulary, config, out))
    dev = dev_windows(config, vocabulary, out)
    first = out / "fine_tuned"
    if not (first / VOCABULARY).is_file():
        fine_tuned(start, pages, dev, vocabulary, config, out / "training").save_pretrained(first)
        vocabulary.write(first / VOCABULARY)
    model = fine_tuned(first, pages, dev, vocabulary, replace(config, training=config.finishing), out / "finishing")
    export(model, vocabulary, config.network.longest, dev, out / "model", {"command": command})
    write_readme(out / "model", max(1, config.data.reports // 50))


def dev_windows(config: Config, vocabulary: Vocabulary, out: Path) -> list[Example]:
    """Return the windows of the dev split, with equal noise in every run."""
    pages = draft_pages("dev", 0, max(1, config.data.reports // 10), out / "data")
    noisy = [with_noise(page_of(row), Random(number), config.noise) for number, row in enumerate(pages)]
    return fixed_windows(noisy, vocabulary, config.network.longest)


def _printed() -> list[str]:
    """Return the texts that the forms print, and every Latin character."""
    blocks = [block for form in template_ids() for block in template(form).blocks]
    rows = [text for b in blocks for row in b.rows for text in (row.label, row.group, *row.wordings)]
    columns = [text for b in blocks for c in b.columns for text in (c.label, *c.super_labels, *c.wordings)]
    headings = [text for section in sections() for text in (section.title, *section.wordings)]
    return [*rows, *columns, *headings, *map(chr, range(33, 127))]


if __name__ == "__main__":
    sys.exit(main())
