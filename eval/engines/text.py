"""What a baseline does of its own: text found on a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extraction.document import Span
from extraction.geometry import Raster

FindText = Callable[[Raster], Sequence[Span]]
"""The text boxes of a level, upright page in reading order, in points of the raster."""
