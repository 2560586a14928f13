"""What is written: the report's JSON, the tables over all reports, the manifest."""
