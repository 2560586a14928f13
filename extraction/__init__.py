"""From a file to a checked report: the reading half of Gouji. Start at `pipeline.extract`."""
