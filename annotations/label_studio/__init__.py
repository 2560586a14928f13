"""Annotations as Label Studio tasks, and back."""
