"""Scans made ready to read: upright, level, flat, evenly lit. Each step leads from picture to picture."""
