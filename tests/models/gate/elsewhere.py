"""What another process sees of the weights."""

from __future__ import annotations

import subprocess
import sys

_IN_USE = """
import sys
from models.weights import in_use, pin
pin({name: int(number) for name, _, number in (word.partition("=") for word in sys.argv[1:])})
print(*next((known.version, known.sha256) for known in in_use() if known.name == "digits"))
"""


_READING = """
from models.weights import WeightsError, weights
try:
    print("reads with", weights("digits").verified_path())
except WeightsError as error:
    print(error)
"""


def elsewhere(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Code in a process of its own."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def in_use_elsewhere(*pinned: str) -> tuple[int, str]:
    """The version of the cell recogniser that another process reads with, and its hash."""
    version, sha256 = elsewhere(_IN_USE, *pinned).stdout.split()
    return int(version), sha256


def reading_elsewhere() -> str:
    """Which file another process reads cells with, or why it cannot."""
    return elsewhere(_READING).stdout
