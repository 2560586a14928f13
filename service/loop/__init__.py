"""The loop: accepted reviews become annotations, annotations a retraining, and promoted weights read the reports again.

`accepting.py` ends a review, `annotation.py` makes gold of it, `collection.py` stores it and writes data sets,
`trainings.py` counts and records, `trainer.py` runs a training, `rereading.py` and `changes.py` find what new weights
would read differently, and `promotion.py` brings them into use.
"""
