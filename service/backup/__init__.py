"""All that the service keeps in one file, and back into an empty service, on whichever database."""
