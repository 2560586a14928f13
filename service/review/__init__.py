"""The review of a report without its pages: what a person did, what that leaves open, and in which order to look."""
