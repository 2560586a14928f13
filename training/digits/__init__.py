"""The recipe of the cell recogniser: drawn cells and crops of pages in, `models/weights/digits/` out."""
