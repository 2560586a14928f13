"""Shared by all tests: the networks, loaded once a process, a database server, and an object store."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import settings

from models.loaded import Models
from tests.examples import examples
from tests.object_store import s3 as s3
from tests.object_store import s3_server as s3_server
from tests.postgres import postgres as postgres
from tests.postgres import postgres_server as postgres_server
from tests.sample_reports import sample_reports as sample_reports
from tests.shared import shared as shared

os.environ["LC_ALL"] = "C.UTF-8"  # tests compare English messages, whoever runs them

# The same examples on every run, and none fails for being slow.
settings.register_profile("gouji", derandomize=True, deadline=None, max_examples=examples(100))
settings.load_profile("gouji")


@pytest.fixture(scope="session")
def models() -> Models:
    """Networks are loaded when first needed; with several test processes each has one core."""
    return Models(threads=1 if "PYTEST_XDIST_WORKER" in os.environ else 2)


_LONGEST = ("tests/test_mini.py", "tests/extraction/bulk/test_ray_engine.py")
"""A minute and more each: begun last they would leave one of two processes with nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Why tests were skipped, a line a reason: what to install for them."""
    reasons = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", []))
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count:4} skipped: {reason.removeprefix('Skipped: ')}")
