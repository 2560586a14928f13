"""Reconciliation: what the report most probably prints, given what was read and the sums (勾稽关系) over it.

`report.reconcile` is the story. What a cell may say (`evidence`) and what agencies get wrong (`source`) have
probabilities; `sweep` weighs all explanations of a report's figures, and `judge` lets stand, puts right or hands to a
person what they leave sure, proven or open. `verdicts` says so of every sum.
"""
