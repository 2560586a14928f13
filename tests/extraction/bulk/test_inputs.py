"""Which files a call names, in folders that each test shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from extraction.bulk.inputs import find_inputs
from extraction.errors import UsageError


def names(*patterns: Path | str, out: Path) -> list[str]:
    return sorted(i.name for i in find_inputs([str(p) for p in patterns], out))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """in/a.pdf, in/b.docx, in/deep/c.pdf, a hidden file, and links: to a file outside, to a folder, around, to none."""
    folder = tmp_path / "in"
    for name in ("a.pdf", "b.docx", "deep/c.pdf", ".hidden.pdf", ".git/d.pdf", "deep/.e.pdf"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (tmp_path / "outside.pdf").write_text("outside")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "f.pdf").write_text("f")
    (folder / "link.pdf").symlink_to(tmp_path / "outside.pdf")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "around").symlink_to(folder)
    (folder / "self.pdf").symlink_to(folder / "self.pdf")
    (folder / "gone.pdf").symlink_to(folder / "none.pdf")
    return folder


def test_a_folder_is_searched_without_hidden_files_and_links_out(archive: Path, tmp_path: Path) -> None:
    assert names(archive, out=tmp_path / "out") == ["a.pdf", "b.docx", "deep/c.pdf"]


def test_results_inside_the_input_folder_are_no_inputs(archive: Path) -> None:
    out = archive / "out"
    (out / "reports").mkdir(parents=True)
    (out / "reports" / "a.pdf.json").write_text("{}")
    (out / "fields.csv").write_text("")
    for patterns in ([archive], [f"{archive}/*"], [f"{archive}/**"], [f"{archive}/**/*"]):
        assert names(*patterns, out=out) == ["a.pdf", "b.docx", "deep/c.pdf"], patterns


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.pdf", ["a.pdf"]),
        ("**/*.pdf", ["a.pdf", "deep/c.pdf"]),
        ("*/c.pdf", ["deep/c.pdf"]),
        ("de*", ["deep/c.pdf"]),
        ("deep/*", ["c.pdf"]),
        ("[ab].*", ["a.pdf", "b.docx"]),
        ("a.pdf", ["a.pdf"]),
    ],
)
def test_globs_are_named_below_the_folder_they_start_from(
    pattern: str, found: Sequence[str], archive: Path, tmp_path: Path
) -> None:
    assert names(archive / pattern, out=tmp_path / "out") == found


def test_a_name_with_the_marks_of_a_glob_is_a_name_first(tmp_path: Path) -> None:
    (tmp_path / "[2020]*.pdf").write_text("a")
    (tmp_path / "2.pdf").write_text("b")
    assert names(tmp_path / "[2020]*.pdf", out=tmp_path / "out") == ["[2020]*.pdf"]


@pytest.mark.parametrize("pattern", ["none.pdf", "none/", "*.none", "self.pdf", "gone.pdf"])
def test_what_is_not_there_is_a_wrong_call(pattern: str, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        find_inputs([str(archive / pattern)], tmp_path / "out")


def test_a_file_named_twice_is_converted_once(archive: Path, tmp_path: Path) -> None:
    found = find_inputs([str(archive), str(archive / "a.pdf"), str(archive / "*.pdf")], tmp_path / "out")
    assert sorted(i.name for i in found) == ["a.pdf", "b.docx", "deep/c.pdf"]


def test_two_files_for_one_report_are_a_wrong_call(tmp_path: Path) -> None:
    for folder in ("2020", "2021"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.pdf").write_text(folder)
    with pytest.raises(UsageError, match=r"reports/a\.pdf\.json; convert the folder that holds both"):
        find_inputs([str(tmp_path / "2020"), str(tmp_path / "2021")], tmp_path / "out")
    assert names(tmp_path, out=tmp_path / "out") == ["2020/a.pdf", "2021/a.pdf"]
