"""Word files to regions."""
