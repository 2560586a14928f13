"""Gouji over the committed mini test set: ten unseen scans, one of each level. The floors are what it does today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extraction.cli import main
from tests.documents import SAMPLES

pytestmark = pytest.mark.slow

MINI = SAMPLES.parent / "mini"

LEAST_RIGHT = 0.85
"""Fields as printed, of all levels to the worn ones."""


def test_gouji_over_the_mini_test_set(tmp_path: Path) -> None:
    assert main(["eval", str(MINI), "-o", str(tmp_path), "--workers", "1"]) == 0
    gouji = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))["engines"]["gouji"]
    counts = gouji["counts"]
    assert counts["reports"] == counts["read"] == 10
    assert counts["silent"] == 0
    assert counts["right"] >= LEAST_RIGHT * counts["fields"]
    digital = gouji["levels"]["digital"]["counts"]
    assert digital["right"] == digital["fields"]
    assert (tmp_path / "index.html").stat().st_size > 10_000
