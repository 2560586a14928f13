"""The recipe of the token classifier: what a row, a column, a heading and a figure in a sentence is."""
