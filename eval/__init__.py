"""How right and how fast: reports beside their gold, pages beside the clock."""
