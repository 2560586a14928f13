"""The data set card: `annotations/README.md`, with the header that the Hugging Face hub reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_CARD = Path(__file__).with_name("README.md")
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))


def header(counts: Mapping[str, int]) -> str:
    """Return the card's YAML header for splits with these numbers of documents."""
    files = "".join(f"  - split: {split}\n    path: data/{split}-*.parquet\n" for split in counts)
    return f"""---
license: apache-2.0
language:
- zh
pretty_name: Gouji, annual reports on government information disclosure
task_categories:
- image-to-text
- token-classification
- table-question-answering
tags:
- OCR
- table extraction
- document understanding
- 政府信息公开
size_categories:
- {size_category(sum(counts.values()))}
configs:
- config_name: default
  data_files:
{files}---
"""


def size_category(documents: int) -> str:
    """Return the hub's size category of a data set."""
    return next((name for limit, name in _SIZES if documents < limit), "100K<n<1M")


def card(counts: Mapping[str, int]) -> str:
    """Return the card of an exported data set, with a header for its own splits and a table of their sizes."""
    _, _, body = _CARD.read_text(encoding="utf-8").split("---\n", 2)
    sizes = "".join(f"| {split} | {count} |\n" for split, count in counts.items())
    return f"{header(counts)}{body}\n## Size\n\n| Split | Documents |\n| --- | --- |\n{sizes}"
