"""Reconciliation: the most probable print of a report, given what was read and the sums (勾稽关系) over it.

`reconcile.reconcile` is the whole of it. What a cell may say (`evidence`) and what agencies misprint (`error_priors`)
have probabilities; the `solver` computes the posterior of every figure in a sum, `beliefs` says what follows from it,
and `verdicts` explains what became of every sum.
"""
