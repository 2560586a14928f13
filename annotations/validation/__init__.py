"""Faults and open work in gold: within one annotation, and between reports and splits."""
