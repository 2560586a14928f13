"""The regions and lines of text of a page, in reading order."""
