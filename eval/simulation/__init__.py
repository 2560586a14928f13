"""Reconciliation on simulated readings, of which the truth is known: `python -m eval.simulation`."""
