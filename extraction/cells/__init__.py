"""What stands in a cell: native characters, or the picture read, with probabilities."""
