"""`python -m extraction`: the command `gouji`, where its script is not on the path."""

import sys

if __name__ == "__main__":
    from extraction.cli import main

    sys.exit(main())
