"""`python -m service.loop.command_process PARENT ARGUMENTS`: the command `gouji`, ending with its parent."""

from __future__ import annotations

import sys

from extraction.bulk.worker import end_with
from extraction.cli import main

if __name__ == "__main__":
    end_with(int(sys.argv[1]))
    sys.argv[1:] = sys.argv[2:]
    sys.exit(main())
