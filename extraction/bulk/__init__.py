"""Convert whole archives: find the files, run worker processes or a cluster over them, and keep a journal."""
