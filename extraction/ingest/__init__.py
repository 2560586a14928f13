"""Read files of any format into `Page` values (see `extraction.ingest.files`)."""
