"""Compare rendered reports with their drafts: `python -m training.synthetic.render.verify 50`.

For each engine, N reports of the split that it renders (or `--engines`): the text layer at every run and every cell
must be the text to be printed there, an empty cell must be empty, and a grid line must run along every side of a cell
that has grid lines. Sides that a page break cuts may be open. Text is compared as `textlayer.plain` gives it: without
white space, and in Unicode's compatibility form.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pypdfium2

from extraction.geometry import Box
from training.synthetic.content.draft import Draft, Key, Paragraph, Place, Rendered
from training.synthetic.fonts import Split
from training.synthetic.render import RENDERERS, SPLIT_RENDERERS
from training.synthetic.render.check import Fault, Unsound, text_faults
from training.synthetic.render.style import GRID_LINES, PAGE_HEIGHT

_PIXELS_PER_POINT = 3.0
_MAX_LINE_OFFSET_POINTS = 1.5  # from a cell's side to the far side of its grid line
_MIN_COVERED_SHARE = 0.9  # of a side, along which the grid line must be visible
_BREAK_TOLERANCE_POINTS = 3.0  # from the end of a table's part on a page
_MIN_LINE_CONTRAST = 8  # grey levels between a grid line and the paper


def grid_line_faults(draft: Draft, rendered: Rendered) -> list[Fault]:
    """Return cells without a grid line along a side, or with one through them; none for a table without grid lines."""
    if GRID_LINES[draft.look.rules] is None:
        return []
    document = pypdfium2.PdfDocument(rendered.pdf)
    try:
        pictures = [_picture(page) for page in document]
    finally:
        document.close()
    faults = []
    for key, place, sides in _sides(draft, rendered):
        bare = [side for side in sides if not _has_grid_line(pictures[place.page - 1], place.box, side)]
        if bare:
            faults.append(Fault(key, f"page {place.page}: no grid line at the {', '.join(bare)}"))
    return faults


def _sides(draft: Draft, rendered: Rendered) -> Iterator[tuple[Key, Place, list[str]]]:
    """Yield every place of every cell with the sides that must have a grid line: all but those at a page break or a
    page's end."""
    end = PAGE_HEIGHT - draft.look.margin - _BREAK_TOLERANCE_POINTS
    for number, part in enumerate(draft.parts):
        if isinstance(part, Paragraph):
            continue
        cells = [Key(number, item) for item, _ in enumerate(part.placed())]
        places = [place for key in cells for place in rendered.places.get(key, ())]
        pages = {place.page for place in places}
        for key in cells:
            own = rendered.places.get(key, ())
            for count, place in enumerate(own):
                here = [p.box for p in places if p.page == place.page]
                broken_above = (
                    place.page > min(pages) and place.box.top < min(b.top for b in here) + _BREAK_TOLERANCE_POINTS
                )
                broken_below = (
                    place.page < max(pages) and place.box.bottom > max(b.bottom for b in here) - _BREAK_TOLERANCE_POINTS
                )
                sides = ["left", "right"]
                sides += ["top"] if count == 0 and not broken_above else []
                sides += ["bottom"] if count + 1 == len(own) and not broken_below and place.box.bottom < end else []
                yield key, place, sides


def _picture(page: pypdfium2.PdfPage) -> npt.NDArray[np.uint8]:
    return np.asarray(page.render(scale=_PIXELS_PER_POINT, grayscale=True).to_numpy(), np.uint8).squeeze()


def _has_grid_line(picture: npt.NDArray[np.uint8], box: Box, side: str) -> bool:
    """Whether a line, darker than the cell's background, runs along the side, at most `_MAX_LINE_OFFSET_POINTS`
    outside."""
    left, top, right, bottom = (round(value * _PIXELS_PER_POINT) for value in box)
    reach = round(_MAX_LINE_OFFSET_POINTS * _PIXELS_PER_POINT)
    match side:
        case "left":
            strip = picture[top:bottom, max(0, left - reach) : left + 2].T
        case "right":
            strip = picture[top:bottom, right - 2 : right + reach].T
        case "top":
            strip = picture[max(0, top - reach) : top + 2, left:right]
        case _:
            strip = picture[bottom - 2 : bottom + reach, left:right]
    if strip.size == 0:
        return False
    inner = strip[-1 if side in ("left", "top") else 0].astype(int)
    return bool((inner - strip.min(axis=0) >= _MIN_LINE_CONTRAST).mean() >= _MIN_COVERED_SHARE)


def main() -> int:
    """Print the number of places of reports that are as drafted; return exit code 1 where one is not."""
    from training.synthetic.content.report import draft_report

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=int, nargs="?", default=50, help="reports for each engine")
    parser.add_argument("--engines", nargs="+", choices=tuple(RENDERERS), default=tuple(RENDERERS))
    parser.add_argument("--seed", type=int, default=0, help="of the first report")
    arguments = parser.parse_args()
    bad = 0
    for split, engines in SPLIT_RENDERERS.items():
        for engine in engines:
            if engine in arguments.engines:
                bad += _verify(engine, split, range(arguments.seed, arguments.seed + arguments.reports), draft_report)
    return 1 if bad else 0


def _verify(engine: str, split: Split, seeds: range, draft_report: Callable[[int, Split], Draft]) -> int:
    """Verify one engine; return the number of faults."""
    places = pages = size = bad = 0
    seconds = 0.0
    for seed in seeds:
        draft = draft_report(seed, split)
        start = time.perf_counter()
        try:
            rendered = RENDERERS[engine](draft)
        except Unsound as error:
            print(f"{engine} {draft.id}: {error}", file=sys.stderr)
            bad += 1
            continue
        finally:
            seconds += time.perf_counter() - start
        faults = text_faults(draft, rendered) + grid_line_faults(draft, rendered)
        for fault in faults:
            print(f"{engine} {draft.id} {tuple(fault.key)}: {fault.what}", file=sys.stderr)
        bad += len(faults)
        places += sum(map(len, rendered.places.values()))
        pages += max(place.page for found in rendered.places.values() for place in found)
        size += len(rendered.pdf)
    count = max(1, len(seeds))
    print(
        f"{engine:12} {split:5} {len(seeds)} reports, {pages} pages, {places} places, {bad} faults; "
        f"{seconds / count:.2f} s and {size / count / 1024:.0f} KiB a report"
    )
    return bad


if __name__ == "__main__":
    sys.exit(main())
