"""The loop: an accepted review becomes an annotation, annotations a retraining, and that, if it is promoted, readings.

`annotation.py` makes gold of a review, `collection.py` keeps it and lays out data sets of it, `trainings.py` counts and
records, `trainer.py` runs a training, `scratch.py` and `changes.py` find what would be read otherwise, and
`promotion.py` brings it into use.
"""
