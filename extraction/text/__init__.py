"""Running text: sections, the head, and the figures in sentences."""
