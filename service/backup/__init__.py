"""Back the service up to one file, and restore it into an empty service on SQLite or PostgreSQL."""
