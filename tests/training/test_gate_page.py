"""The comparison as a page for whoever decides about new weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.models.gate.conftest import run as run
from tests.models.gate.conftest import store as store
from tests.models.gate.runs import WORSE, compared
from training.gate_page import render_page


def test_the_page_says_the_verdict_and_loads_nothing_from_elsewhere(run: Path) -> None:
    found = compared(run, *WORSE)
    page = render_page(replace(found, command="<b>"))
    assert "不予启用" in page
    assert "&lt;b&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "可以启用" in render_page(replace(found, promote=True))
