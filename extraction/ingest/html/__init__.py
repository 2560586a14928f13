"""Web pages to regions."""
