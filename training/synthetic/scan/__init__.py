"""A digital PDF -> what a scanner, copier, fax or phone makes of it, every place mapped along.

`spoil` is the whole story: draw the parameters (`levels`), lay the pages on sheets (`warp`), spoil ink, paper and
picture (`ink`, `paper`, `glass`; `augmented` for the test split), write an image-only PDF (`spoiling`).
"""

from __future__ import annotations

from training.synthetic.scan.degradation import spoil
from training.synthetic.scan.levels import LEVELS, Spoiling, draw

__all__ = ["LEVELS", "Spoiling", "draw", "spoil"]
