"""How many examples a property test tries: a quarter of its own, all of them in `make slow`."""

from __future__ import annotations

import os

ALL = os.environ.get("GOUJI_TEST_EXAMPLES") == "all"


def examples(number: int) -> int:
    return number if ALL else max(5, number // 4)
