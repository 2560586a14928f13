"""Invented reports in four renderings each, with their gold: TOML sources -> annotations/samples/<report>/."""
