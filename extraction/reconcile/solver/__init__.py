"""Exact inference over the sums of a report: all explanations of what was read, with their probabilities."""
