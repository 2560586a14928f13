"""The journal of a run and the lock on its OUT folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction.bulk.journal import FileJournal, ObjectJournal, forget_segments, locked, open_journal, read_journal
from extraction.errors import UsageError
from extraction.output.files import ManifestLine, read_manifest
from extraction.output.places import place


def line(name: str) -> ManifestLine:
    return ManifestLine(name, "ab" * 32, "converted", None, 0.5, 3)


@pytest.mark.parametrize("lost", [1, 2, 20, 150])
def test_a_line_that_was_cut_off_does_not_swallow_the_next(lost: int, tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.add(line("a.pdf"))
    journal.add(line("b.pdf"))
    journal.close()
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-lost])
    again = FileJournal(tmp_path)
    again.add(line("c.pdf"))
    again.close()
    assert {"a.pdf", "c.pdf"} <= read_journal(tmp_path).keys()
    assert ("b.pdf" in read_journal(tmp_path)) == (lost == 1)


def test_what_is_added_is_there_before_the_journal_is_closed(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        assert isinstance(journal, FileJournal)
        journal.add(line("a.pdf"))
        assert read_journal(tmp_path) == read_manifest(tmp_path) == {"a.pdf": line("a.pdf")}


def test_a_lock_is_held_once_and_free_afterwards(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(UsageError, match="another run is writing"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


@pytest.mark.filterwarnings("default")  # of botocore
def test_a_journal_in_an_object_store_is_kept_in_segments(s3: str) -> None:
    out = place(f"{s3}/out")
    for name in ("a.pdf", "b.pdf"):
        with open_journal(out) as journal:
            assert isinstance(journal, ObjectJournal)
            journal.add(line(name))
    assert read_manifest(out) == {}
    assert read_journal(out) == {name: line(name) for name in ("a.pdf", "b.pdf")}
    forget_segments(out)
    assert read_journal(out) == {}
