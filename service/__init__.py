"""The HTTP service: what is uploaded is read by the workers of `extraction.bulk` and kept, with all that people do."""
