"""Invented reports of every appearance, degraded like real scans, with exact gold: training, development and test
sets."""
