"""From a file to a checked report: the reading half of Gouji. Start at `pipeline.extract`."""

import os

# NumPy's matrix products are small here: threads would wait for each other longer than the products take. Files are
# read side by side in processes. What the user has set stands, and so does a NumPy that was loaded before.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
