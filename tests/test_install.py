"""What an installation brings: one OpenCV, the one without windows, and nothing heavy that reading does not need."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import distribution, packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

GUI = re.compile(r"^\s*GUI:\s*NONE\s*$", re.MULTILINE)


def brought_by(name: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """All distributions that pip installs for one, its own name among them."""
    found: dict[str, frozenset[str]] = {}
    waiting = [(canonicalize_name(name), extras)]
    while waiting:
        known, extras = waiting.pop()
        if known in found and extras <= found[known]:
            continue
        found[known] = found.get(known, frozenset()) | extras
        for line in distribution(known).requires or []:
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in ("", *found[known])):
                waiting.append((canonicalize_name(needed.name), frozenset(needed.extras)))
    return set(found)


@pytest.mark.parametrize("extras", [(), ("serve",), ("export",)])
def test_reading_serving_and_exporting_bring_one_opencv_and_nothing_of_training(extras: tuple[str, ...]) -> None:
    brought = brought_by("gouji", frozenset(extras))
    assert {name for name in brought if name.startswith("opencv")} == {"opencv-python-headless"}
    assert brought & {"torch", "pandas", "scipy", "layoutparser", "rapid-layout", "matplotlib"} == set()


def test_one_distribution_has_cv2() -> None:
    """The extras of `make test` ask for opencv-python, which packaging/opencv-python stands for."""
    assert packages_distributions()["cv2"] == ["opencv-python-headless"]


def test_opencv_is_loaded_without_libgl() -> None:
    told = "import cv2; print(cv2.getBuildInformation()); print(open('/proc/self/maps').read())"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert GUI.search(done.stdout)
    assert not re.search(r"/lib(GL|Qt|X11)\b", done.stdout)
