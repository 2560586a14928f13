"""Predictions beside gold: what became of each field, counts that add up, metrics and two runs compared."""
