"""The reports of an archive beside each other, year by year."""
