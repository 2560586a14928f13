"""The gate before new weights: compared with those in use on the same pages, promoted or refused, rolled back."""
