"""Gold: reports with their true figures, in the sample archive and as annotated by people."""
