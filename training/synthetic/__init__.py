"""Invented reports of every look, spoilt like real scans, with exact gold: the training, development and test sets."""
