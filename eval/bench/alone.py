"""Read files with one engine in a process of its own; print time and memory after each as a line of JSON.

    python -m eval.bench.alone ENGINE MOST_PAGES FILE ...

Little is imported here, so that the measured start-up is the engine's own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from eval.bench.engines import reader
from eval.bench.spent import memory, processor_seconds


def main(engine: str, most_pages: str, *files: str) -> int:
    """Read the files in order, one as often as it is named; return the exit code."""
    read = reader(engine, 1, int(most_pages))
    for file in files:
        read(Path(file))
        held, peak = memory()
        print(json.dumps({"cpu": processor_seconds(), "held": held, "peak": peak}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
