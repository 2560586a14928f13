"""Rebuild the samples: `python -m training.samples [REPORT...] [--gold]`; by default every report, in all forms."""

from __future__ import annotations

import argparse
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

from annotations.store import dump_annotation
from training.samples.content import Sample, load_sample
from training.samples.gold import MEDIA_TYPES, gold_of
from training.samples.render_docx import render_docx
from training.samples.render_html import render_html
from training.samples.render_pdf import render_pdf
from training.samples.scan import scan_pdf

SAMPLES = Path(__file__).parents[2] / "annotations" / "samples"


def main() -> None:
    """Write the requested reports and print what was written."""
    parser = argparse.ArgumentParser(prog="python -m training.samples", description=__doc__)
    parser.add_argument("reports", nargs="*", help="report ids (default: all)")
    parser.add_argument(
        "--gold", action="store_true", help="only check the sources and write gold.json, for renderings as they are"
    )
    arguments = parser.parse_args()
    sources = sorted((SAMPLES / "source").glob("*.toml"))
    if unknown := set(arguments.reports) - {source.stem for source in sources}:
        parser.error(f"no such report: {', '.join(sorted(unknown))}")
    total = 0
    for source in sources:
        if arguments.reports and source.stem not in arguments.reports:
            continue
        sample = load_sample(source)
        folder = SAMPLES / sample.id
        folder.mkdir(exist_ok=True)
        for name, content in _files(sample, gold_only=arguments.gold):
            Path(folder, name).write_bytes(content)
            total += len(content)
            print(f"{sample.id}/{name}  {len(content) / 1000:.0f} kB")
    print(f"{total / 1e6:.2f} MB in {SAMPLES}")


def _files(sample: Sample, *, gold_only: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the sample's files, the gold last: it has the hashes of the others, as they are on disk unless rebuilt."""
    made: dict[str, bytes] = {}
    if not gold_only:
        made = {
            "report.html": render_html(sample),
            "report.docx": render_docx(sample),
            "report.pdf": render_pdf(sample),
        }
        made["scan.pdf"] = scan_pdf(made["report.pdf"], sample.scan, seed=zlib.crc32(sample.id.encode()))
    yield from made.items()
    hashes = {
        name: hashlib.sha256(made[name] if made else Path(SAMPLES, sample.id, name).read_bytes()).hexdigest()
        for name in MEDIA_TYPES
    }
    yield "gold.json", dump_annotation(gold_of(sample, hashes)).encode()


if __name__ == "__main__":
    main()
