"""What is wrong with gold: within one annotation, and between reports and splits."""
