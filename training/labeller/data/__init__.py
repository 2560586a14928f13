"""Training pages of the token classifier: invented and annotated reports as tagged pieces of print, and their noise."""
