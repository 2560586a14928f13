"""What the docs point at is there: files, headings, modules of commands."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md"), ROOT / "annotations/GUIDE.md"]
)
PRESENT = [page for page in PAGES if page.parent.name != "decisions" and page.name != "CHANGELOG.md"]
"""Pages that say what is; the others say what was, too."""

_LINK = re.compile(r"\]\(([^()\s]+)\)")
_PATH = re.compile(r"`((?:annotations|docs|eval|extraction|gouji|models|service|tests|training)/[\w/.*-]+)`")
_MODULE = re.compile(r"python -m ((?:annotations|eval|extraction|service|training)[\w.]*)")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files_and_headings_that_there_are(page: Path) -> None:
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"\w+:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), link
        assert not anchor or anchor in anchors(file), link


@pytest.mark.parametrize("page", PRESENT, ids=name)
def test_paths_and_modules_that_are_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = {path for path in _PATH.findall(text) if not any(ROOT.glob(path.rstrip("/.")))}
    missing |= {module for module in _MODULE.findall(text) if find_spec(module.rstrip(".")) is None}
    assert missing == set()
