"""In a process of its own: read files with one engine, and say after each, in a line of JSON, what that took so far.

    python -m eval.bench.alone ENGINE MOST_PAGES FILE ...

Little is imported, so that the start of an engine is its own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from eval.bench.engines import reader
from eval.bench.spent import memory, processor_seconds


def main(engine: str, most_pages: str, *files: str) -> int:
    """Read the files in their order, each as often as it is named."""
    read = reader(engine, 1, int(most_pages))
    for file in files:
        read(Path(file))
        held, peak = memory()
        print(json.dumps({"cpu": processor_seconds(), "held": held, "peak": peak}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
