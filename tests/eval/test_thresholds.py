"""What counts as a number set by hand."""

from __future__ import annotations

import pytest

from eval.thresholds import count


@pytest.mark.parametrize(
    ("source", "constants", "inside"),
    [
        ("MIN_CONTRAST = 12", 1, 0),
        ("_NEAR, _FAR = -0.5, 3", 2, 0),
        ("MEAN: Floats = np.array([0.1, 0.2, 0.3])", 3, 0),
        ("ON, NAME = True, 'x'", 0, 0),
        ("words = 12", 0, 0),
        ("def f(x): return x > 0.3 and x < 7 * 4", 0, 3),
        ("def f(x): x += 5; return x[3], g(4)", 0, 1),
        ("def f(x): return x * 2 - 1 > -1 and x != 0", 0, 0),
        ("def f(x):\n    def g(y): return y > 9\n    return g", 0, 1),
    ],
)
def test_thresholds_are_counted(source: str, constants: int, inside: int) -> None:
    assert count(source) == (constants, inside)
