"""Grid lines or the places of print to the cells of a table."""
