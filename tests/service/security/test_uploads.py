"""Uploaded files and their names."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from hypothesis import given
from hypothesis import strategies as st

from extraction.errors import EmptyFile, TooLarge, UnsupportedFormat
from extraction.settings import IngestSettings
from service.security.uploads import received, shown_name


def test_what_is_uploaded_is_told_by_its_content(tmp_path: Path) -> None:
    limits = IngestSettings(max_bytes=2000)
    with received(io.BytesIO(b"%PDF-1.7 ..."), "..\\..\\report.exe", limits) as file:
        kept = file.path
        assert (file.media_type, file.suffix, file.name, file.size) == ("application/pdf", ".pdf", "report.exe", 12)
        assert kept.read_bytes() == b"%PDF-1.7 ..."
    assert not kept.exists()
    for content, fault in ((b"", EmptyFile), (b"x" * 2001, TooLarge), (b"\x7fELF\x00\x00\x01", UnsupportedFormat)):
        with pytest.raises(fault), received(io.BytesIO(content), "report.pdf", limits):
            pass


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2023年报.pdf", "2023年报.pdf"),
        ("/etc/passwd", "passwd"),
        ("C:\\a\\b.pdf", "b.pdf"),
        ("../..", ".."),
        ("a\x1b[31m\nb\u202efdp.pdf", "a[31mbfdp.pdf"),
        ("", "unnamed"),
        ("///", "unnamed"),
    ],
)
def test_a_files_name_is_only_to_be_shown(given: str, shown: str) -> None:
    assert shown_name(given) == shown


@given(st.text(max_size=400))
def test_a_shown_name_is_one_short_line_and_no_path(given: str) -> None:
    shown = shown_name(given)
    assert 0 < len(shown) <= 200
    assert "/" not in shown
    assert shown.isprintable()
