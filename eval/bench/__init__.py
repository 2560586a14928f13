"""What Gouji and whole-page OCR cost on the same pages, interleaved in one run, and how that grows."""
