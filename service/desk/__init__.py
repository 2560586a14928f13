"""The review desk: pages in Chinese for reviewers, and for an overview of the archive."""
