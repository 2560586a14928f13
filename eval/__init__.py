"""Accuracy and speed: reports compared with their gold, processing time and memory of pages."""
