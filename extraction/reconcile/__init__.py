"""Reconciliation: what the report most probably prints, given what was read and the sums (勾稽关系) over it.

`report.reconcile` is the story. What a cell may say (`evidence`) and what agencies get wrong (`source`) have
probabilities; `search` finds every explanation of a report's figures that is likely enough to matter, and `judge` lets
stand, puts right or hands to a person what they leave sure, proven or open. `verdicts` says so of every sum.
"""
