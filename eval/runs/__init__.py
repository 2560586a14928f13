"""Engines over the documents of a data set: what goes in, what comes out, and the worker processes between."""
