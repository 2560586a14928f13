"""The recipe of the cell recogniser: drawn and cut cells in, `models/weights/digits/` out."""
