"""The gate: new weights are compared with those in use on the same pages, then promoted or refused, and rolled back."""
