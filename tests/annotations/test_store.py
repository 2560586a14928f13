"""Gold is written and read back as it was, and every document comes with its own."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from annotations.store import (
    Annotation,
    dump_annotation,
    gold_paths,
    load_annotation,
    read_annotation,
    read_folder,
    read_gold,
    write_annotation,
    write_split,
)
from extraction.document import Cell, Label, Table
from extraction.geometry import Box
from tests.documents import SAMPLES


@pytest.fixture(scope="module")
def sample() -> Annotation:
    return read_gold(SAMPLES / "hewan-2020" / "gold.json")


def test_written_and_read_it_is_equal(sample: Annotation, tmp_path: Path) -> None:
    cells = (Cell(0, 0, "信息\n内容", 2, 1, 3, Box(1.5, 2.0, 30.0, 40.5)), Cell(0, 1, "", 1, 1, 3, None))
    full = replace(
        sample,
        tables=(Table(cells, 3, Box(0.5, 1.0, 99.0, 100.0)), Table((), None, None, aligned=False)),
        labels=(Label("heading.overview", "一、总体情况", 1, Box(70.0, 80.0, 200.0, 95.0)),),
        facts={"font": "仿宋"},
    )
    assert load_annotation(dump_annotation(full)) == full
    write_annotation(tmp_path, full)
    assert read_annotation(tmp_path, full.id) == full


def test_every_field_has_a_line_of_its_own(sample: Annotation) -> None:
    lines = dump_annotation(sample).splitlines()
    assert sum(line.startswith('{"id": "applications.') for line in lines) >= 7 * 20
    assert len(lines) < 2 * len(sample.report.fields)


def test_each_document_of_several_comes_with_its_hash_and_level() -> None:
    pairs = list(read_folder(SAMPLES))
    assert len(pairs) == 4 * len(gold_paths(SAMPLES)) == 36
    for gold, document in pairs:
        assert gold.documents == (document.name,)
        assert gold.report.source.sha256 == hashlib.sha256(document.read_bytes()).hexdigest()
        assert gold.report.source.path == f"{gold.id}/{document.name}"
        assert (gold.level == "scan") == (document.name == "scan.pdf")


def test_a_split_leaves_only_its_reports(sample: Annotation, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        write_annotation(tmp_path, replace(sample, id=name, documents=(f"{name}.pdf",)))
    write_split(tmp_path, "dev", ["c", "a"])
    assert [g.id for g, _ in read_folder(tmp_path)] == ["a", "b", "c"]
    assert [d for _, d in read_folder(tmp_path, "dev")] == [tmp_path / "reports" / n for n in ("a.pdf", "c.pdf")]
    with pytest.raises(FileNotFoundError):
        list(read_folder(tmp_path, "test"))


def test_a_folder_without_gold_and_a_file_that_is_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no reports"):
        list(read_folder(tmp_path))
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.json").write_text('{"schema_version": 1, "report": {}}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.json"):
        list(read_folder(tmp_path))
