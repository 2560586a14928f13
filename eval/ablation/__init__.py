"""What each stage and each detector of Gouji changes: `python -m eval.ablation`."""
