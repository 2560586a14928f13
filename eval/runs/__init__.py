"""Engines over the documents of a data set: documents, predictions, and the worker processes between."""
