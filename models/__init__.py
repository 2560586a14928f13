"""The networks: text recognition, page layout, and where their weights are. Nothing here imports the other packages."""
