"""Results in OUT: each report's JSON, the tables over all reports, the manifest and the summary page."""
