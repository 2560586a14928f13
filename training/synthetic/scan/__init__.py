"""A digital PDF -> its scan, copy, fax or photograph, with every place mapped to it.

`degrade` does all of it: draw the parameters (`levels`), lay the pages on sheets (`warp`), degrade ink, paper and
picture (`ink`, `paper`, `glass`; `augmented` for the test split), write an image-only PDF (`degradation`).
"""

from __future__ import annotations

from training.synthetic.scan.degradation import degrade
from training.synthetic.scan.levels import LEVELS, Degradation, draw

__all__ = ["LEVELS", "Degradation", "degrade", "draw"]
