"""What makes material to learn from and weights: today the sample archive."""
