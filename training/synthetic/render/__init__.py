"""Draft -> PDF and places, by four typesetting engines that share nothing but the `Look`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from training.synthetic.content.draft import Draft, Rendered
from training.synthetic.fonts import Split
from training.synthetic.render.chromium import render_chromium
from training.synthetic.render.libreoffice import render_libreoffice
from training.synthetic.render.reportlab import render_reportlab
from training.synthetic.render.typst import render_typst

RENDERERS: Mapping[str, Callable[[Draft], Rendered]] = {
    "chromium": render_chromium,
    "typst": render_typst,
    "reportlab": render_reportlab,
    "libreoffice": render_libreoffice,
}
"""Engine -> its renderer."""

SPLIT_RENDERERS: Mapping[Split, tuple[str, ...]] = {
    "train": ("chromium", "typst"),
    "dev": ("reportlab",),
    "test": ("libreoffice",),
}
"""Split -> the engines that print it; no engine prints two splits."""
