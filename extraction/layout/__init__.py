"""A page's regions and lines of text in reading order."""
