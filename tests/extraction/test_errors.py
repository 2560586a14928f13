"""Errors are told in both languages, and go from process to process."""

from __future__ import annotations

import pickle

import pytest

from extraction.errors import DamagedFile, GoujiError, OutputError, StoreError, TooLarge, UsageError
from extraction.messages import Language, Text, messages_in

CHINESE = messages_in(Language.CHINESE)
LARGE = TooLarge("the PDF has {pages} pages, more than ingest.max_pages = {limit}", pages=900, limit=300)


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        (
            LARGE,
            "the PDF has 900 pages, more than ingest.max_pages = 300",
            "PDF 有 900 页，超过 ingest.max_pages = 300",
        ),
        (
            DamagedFile("the file cannot be read: {why}", why=Text("Permission denied")),
            "the file cannot be read: Permission denied",
            "文件无法读取：没有权限",
        ),
        (UsageError("{braces} and no values"), "{braces} and no values", "{braces} and no values"),
    ],
)
def test_an_error_in_both_languages(error: GoujiError, english: str, chinese: str) -> None:
    assert str(error) == english
    assert error.told(CHINESE) == chinese


@pytest.mark.parametrize("kind", [OutputError, StoreError])
def test_what_stops_a_run_says_how_to_go_on(kind: type[GoujiError]) -> None:
    error = kind("{path}: {why}", path="/out", why=Text("No space left on device"))
    assert str(error).startswith("/out: No space left on device; the run stopped")
    assert error.told(CHINESE).startswith("/out：磁盘已满；任务已停止")


def test_errors_go_to_another_process_and_back() -> None:
    again = pickle.loads(pickle.dumps(LARGE))
    assert (type(again), str(again), again.told(CHINESE)) == (TooLarge, str(LARGE), LARGE.told(CHINESE))
