"""The recipe of the token classifier: rows, columns, headings and narrative figures."""
