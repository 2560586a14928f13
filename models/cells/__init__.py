"""The cell recogniser: crop of a cell -> figures with calibrated probabilities."""
