"""Reports with their true figures: the sample archive, and what is annotated by people."""
