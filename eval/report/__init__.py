"""A run's scores for people: on the terminal and as one HTML page."""
