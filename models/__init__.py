"""The networks: text recognition, page layout, and where their weights are. Nothing here imports the other packages."""

import os

# ONNX Runtime reports its use to its maker unless it is told not to before it is loaded; Gouji opens no connections.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
