"""Damaged and hostile files among good ones: no run may stop, no worker hang, and the good files must be read right."""
