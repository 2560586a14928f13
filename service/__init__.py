"""The HTTP service, the review desk and the retraining loop: on top of all packages, imported by none."""
