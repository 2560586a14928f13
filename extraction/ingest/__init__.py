"""File to pages: every format comes out as the same `Page` values (see `extraction.ingest.files`)."""
