"""Recognition networks on the same lines: labels and headings of one printed line, cropped at gold boxes.

    python -m eval.recognisers DATASET [--reports N] [--weights NAME=FILE.onnx ...]

For each network, and for the two-stage cascade, by level: character errors, lines right, milliseconds a line.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

from extraction.forms.lexicon import is_wording
from extraction.geometry import Pixels
from extraction.ingest.files import open_document
from extraction.preprocess.binarize import grey
from extraction.settings import IngestSettings
from models.line_reader import LineReader, Reading
from models.recogniser import RapidOcrRecogniser
from models.weights import weights

_MAX_ONE_LINE_HEIGHT_POINTS = 24.0  # a taller cell may print its label over several lines
_GRID_LINE_INSET_POINTS = 2.0  # from the cell's border, within its grid lines
_KINDS = ("row", "block", "heading")
_NETWORKS = ("ppocrv6-small-rec", "ppocrv6-tiny-rec")

Read = Callable[[Sequence[Pixels]], list[Reading]]


@dataclass(frozen=True, slots=True)
class Line:
    """The crop of a printed line and its text."""

    level: str
    picture: Pixels
    text: str


def lines_of(dataset: Path, reports: int) -> Iterator[Line]:
    """Yield the lines of up to `reports` reports of each level."""
    seen: Counter[str] = Counter()
    for gold in sorted((dataset / "reports").glob("*.json")):
        data = json.loads(gold.read_text(encoding="utf-8"))
        level = str(data["level"])
        seen[level] += 1
        if seen[level] <= reports:
            yield from _lines_of_report(gold.with_suffix(".pdf"), level, data["labels"])


def _lines_of_report(path: Path, level: str, labels: Sequence[dict[str, object]]) -> Iterator[Line]:
    with open_document(path, IngestSettings()) as document:
        for page in document.pages:
            assert page.raster is not None
            shades, scale = grey(page.raster.pixels), page.raster.scale
            for label in labels:
                box, text = label["bbox"], str(label["text"])
                if label["page"] != page.number or not isinstance(box, list) or "\n" in text:
                    continue
                kind = str(label["name"]).split(".")[0]
                inset = -1.0 if kind == "heading" else _GRID_LINE_INSET_POINTS
                left, top, right, bottom = (
                    max(0, round((side + way * inset) / scale)) for side, way in zip(box, (1, 1, -1, -1), strict=True)
                )
                picture = shades[top:bottom, left:right]
                if kind in _KINDS and box[3] - box[1] <= _MAX_ONE_LINE_HEIGHT_POINTS and picture.size:
                    yield Line(level, picture, text)


def plain(text: str) -> str:
    """Return a text as readings are compared: full-width forms as half-width, without spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.recognisers", description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--reports", type=int, default=1, help="of each level (default %(default)s)")
    parser.add_argument("--weights", nargs="*", default=[], metavar="NAME=FILE", help="other networks of the family")
    parsed = parser.parse_args(arguments)
    both = RapidOcrRecogniser(threads=1)
    readers: dict[str, Read] = {name: LineReader(weights(name).verified_path()).read for name in _NETWORKS}
    readers |= {name: LineReader(Path(file)).read for name, _, file in (w.partition("=") for w in parsed.weights)}
    readers["tiny, then small"] = lambda lines: both.read_lines(lines, is_wording)
    Console().print(_table(list(lines_of(parsed.dataset, parsed.reports)), readers))
    return 0


def _table(lines: Sequence[Line], readers: dict[str, Read]) -> Table:
    """Return a row for every level and for all of them, a column for every network."""
    levels = sorted({line.level for line in lines})
    table = Table("level", "lines", box=None, title="characters wrong, lines right")
    columns: list[list[str]] = []
    for name, read in readers.items():
        read([lines[0].picture])
        start = time.process_time()
        readings = [read([line.picture])[0] for line in lines]
        spent = time.process_time() - start
        table.add_column(f"{name}\n{1000 * spent / len(lines):.1f} ms a line", justify="right")
        wrong = [_wrong(line, reading) for line, reading in zip(lines, readings, strict=True)]
        columns.append([_shown(lines, wrong, {level}) for level in levels] + [_shown(lines, wrong, set(levels))])
    for number, level in enumerate([*levels, "all"]):
        count = sum(level in ("all", line.level) for line in lines)
        table.add_row(level, str(count), *(column[number] for column in columns))
    return table


def _wrong(line: Line, reading: Reading) -> int:
    """Return the edit distance between the reading and the printed text, in characters."""
    return Levenshtein.distance(plain(reading.text), plain(line.text))


def _shown(lines: Sequence[Line], wrong: Sequence[int], levels: set[str]) -> str:
    chosen = [(w, len(plain(line.text))) for w, line in zip(wrong, lines, strict=True) if line.level in levels]
    share = sum(w for w, _ in chosen) / sum(n for _, n in chosen)
    return f"{100 * share:.2f}%, {sum(w == 0 for w, _ in chosen)}"


if __name__ == "__main__":
    sys.exit(main())
