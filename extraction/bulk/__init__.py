"""Whole archives: which files, the workers that read them, the journal of what is done, and the engines that run it."""
