"""The thresholds of `[decision]` fitted to a stated rate of silent errors: `python -m eval.decision`."""
