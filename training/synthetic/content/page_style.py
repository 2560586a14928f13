"""The appearance of a printed page, drawn from the fonts of a split."""

from __future__ import annotations

from collections.abc import Collection
from random import Random

from training.synthetic.content.draft import Look
from training.synthetic.fonts import FONTS, Split

_BANDS = {
    "train": ("#c6d9f1", "#d9e2f3", "#e7e6e6", "#fce4d6"),
    "dev": ("#e2efd9", "#ddebf7"),
    "test": ("#fff2cc", "#d6e3bc", "#f2dcdb", "#b6dde8"),
}
_PAGE_NUMBERS = {
    "train": ("- # -", "#", "— # —"),
    "dev": ("- # -", "#"),
    "test": ("第 # 页", "— # —", "-#-"),
}
_SECTIONS = ("applications", "review_litigation", "problems")


def draw_look(rng: Random, split: Split, on: Collection[str]) -> Look:
    """Return a random appearance; `on` are the switches."""
    stock = FONTS[split]
    body = rng.choice(stock.text)
    rules = next((r for r in ("none", "coloured", "hairline", "grey") if _LINE_SWITCHES[r] in on), "black")
    return Look(
        font=body,
        heading_font=rng.choice(stock.heading),
        table_font=body if rng.random() < 0.5 else rng.choice(stock.text),
        digit_font=rng.choice(stock.digits),
        size=rng.choice((11, 12, 12, 14, 15, 16)),
        table_size=rng.choice((8, 8.5, 9, 9, 10, 10.5)),
        leading=rng.choice((1.4, 1.6, 1.7, 1.8, 2.0)),
        row_height=rng.choice((17, 19, 20, 22, 24, 27)),
        rules=rules,
        band=rng.choice(_BANDS[split]) if "coloured_bands" in on else "",
        vertical="narrow" if "vertical_cell" in on else "wide",
        page_number=rng.choice(_PAGE_NUMBERS[split]) if "page_numbers" in on else "",
        margin=rng.choice((54, 62, 72, 72, 80)),
        repeat_header="repeated_headers" in on,
        break_before=tuple(s for s in _SECTIONS if rng.random() < 0.5) or _SECTIONS[:1]
        if "section_breaks" in on
        else (),
    )


_LINE_SWITCHES = {"none": "no_rules", "coloured": "coloured_rules", "hairline": "hairline_rules", "grey": "grey_rules"}
