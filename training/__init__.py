"""Training: invented reports with gold, data sets, and the recipes of the networks."""
