"""Settings come from a TOML file that each test shows; what it says wrongly is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction.errors import UsageError
from extraction.settings import Settings, load_settings


def load(folder: Path, toml: str) -> Settings:
    path = folder / "gouji.toml"
    path.write_text(toml, encoding="utf-8")
    return load_settings(path)


def test_without_a_file_or_with_an_empty_one_all_are_the_defaults(tmp_path: Path) -> None:
    assert load_settings(None) == Settings() == load(tmp_path, "")


def test_what_the_file_says_is_changed_and_nothing_else(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
        [ingest]
        max_bytes = 2_000_000  # a comment
        [tables]
        snap = 4
        [reading]
        accept = 0.97
        layout = false
        """,
    )
    assert settings.ingest.max_bytes == 2_000_000
    assert settings.tables.snap == 4.0
    assert isinstance(settings.tables.snap, float)
    assert settings.reading.accept == 0.97
    assert settings.reading.layout is False
    assert settings.ingest.max_pages == Settings().ingest.max_pages
    assert settings.labels == Settings().labels


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[ingset]\nmax_bytes = 1", r"unknown section \[ingset\]; there are ingest, tables"),
        ("max_bytes = 1", r"unknown section \[max_bytes\]"),
        ("ingest = 5", r"unknown section \[ingest\]"),
        ("[ingest]\nmax_byte = 1", r"unknown key ingest.max_byte; there are max_bytes"),
        ("[ingest]\nmax_bytes = '1'", r"ingest.max_bytes takes a whole number, not '1'"),
        ("[ingest]\nmax_bytes = 1.5", r"ingest.max_bytes takes a whole number, not 1.5"),
        ("[ingest]\nmax_bytes = inf", r"ingest.max_bytes takes a whole number, not inf"),
        ("[ingest]\nmax_bytes = true", r"ingest.max_bytes takes a whole number, not True"),
        ("[ingest]\nmax_bytes = [1]", r"ingest.max_bytes takes a whole number"),
        ("[ingest.max_bytes]\na = 1", r"ingest.max_bytes takes a whole number"),
        ("[reading]\naccept = nan", r"reading.accept takes a number, not nan"),
        ("[reading]\naccept = inf", r"reading.accept takes a number, not inf"),
        ("[reading]\naccept = true", r"reading.accept takes a number, not True"),
        ("[reading]\nlayout = 1", r"reading.layout takes true or false, not 1"),
        ("[reading]\nlayout = 2020-01-01", r"reading.layout takes true or false"),
        ("[ingest]\nmax_pages = -1", r"ingest.max_pages cannot be negative"),
        ("[tables]\nsnap = -0.5", r"tables.snap cannot be negative"),
        ("[ingest\n", "settings file"),
        ("[ingest]\nmax_pages = 1\nmax_pages = 2", "settings file"),
    ],
)
def test_a_wrong_file_is_a_wrong_call(tmp_path: Path, toml: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        load(tmp_path, toml)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        load_settings(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="settings file"):
        load_settings(tmp_path)
    (tmp_path / "gbk.toml").write_bytes("# 设置".encode("gbk"))
    with pytest.raises(UsageError, match=r"gbk\.toml"):
        load_settings(tmp_path / "gbk.toml")
