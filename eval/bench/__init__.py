"""Processor time and memory of Gouji and of whole-page OCR on the same pages, interleaved in one run, and their
growth."""
