"""Running text of a report: its sections, its head (who reports on which year) and the figures in its sentences."""
