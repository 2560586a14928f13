"""Settings come from a TOML file that each test shows; what it says wrongly is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import to_builtins
from msgspec.structs import fields

from extraction.errors import UsageError
from extraction.settings import ReadingSettings, Settings, decode_settings, load_settings


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
        snap_points = 4
        [decision]
        alone = 0.96
        [reading]
        layout = false
        """,
    )
    assert settings.ingest.max_bytes == 2_000_000
    assert settings.tables.snap_points == 4.0
    assert isinstance(settings.tables.snap_points, float)
    assert settings.decision.alone == 0.96
    assert settings.reading.layout is False
    assert settings.ingest.max_pages == Settings().ingest.max_pages
    assert settings.labels == Settings().labels


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[ingset]\nmax_bytes = 1", r"unknown field `ingset`"),
        ("max_bytes = 1", r"unknown field `max_bytes`"),
        ("ingest = 5", r"ingest: Expected `object`, got `int`"),
        ("[ingest]\nmax_byte = 1", r"ingest: .* unknown field `max_byte`"),
        ("[ingest]\nmax_bytes = '1'", r"ingest.max_bytes: Expected `int`, got `str`"),
        ("[ingest]\nmax_bytes = 1.5", r"ingest.max_bytes: Expected `int`, got `float`"),
        ("[ingest]\nmax_bytes = inf", r"ingest.max_bytes: Expected `int`, got `float`"),
        ("[ingest]\nmax_bytes = true", r"ingest.max_bytes: Expected `int`, got `bool`"),
        ("[ingest]\nmax_bytes = [1]", r"ingest.max_bytes: Expected `int`"),
        ("[ingest.max_bytes]\na = 1", r"ingest.max_bytes: Expected `int`"),
        ("[decision]\nalone = nan", r"decision.alone: Expected `float`"),
        ("[decision]\nalone = inf", r"decision.alone: Expected `float` <= 1"),
        ("[decision]\nalone = 90", r"decision.alone: Expected `float` <= 1"),
        ("[decision]\nalone = true", r"decision.alone: Expected `float`, got `bool`"),
        ("[reading]\nlayout = 1", r"reading.layout: Expected `bool`, got `int`"),
        ("[reading]\nlayout = 2020-01-01", r"reading.layout: Expected `bool`"),
        ("[ingest]\nmax_pages = -1", r"ingest.max_pages: Expected `int` >= 1"),
        ("[tables]\nsnap_points = -0.5", r"tables.snap_points: Expected `float` >= 0"),
        ("[ingest\n", ""),
        ("[ingest]\nmax_pages = 1\nmax_pages = 2", ""),
    ],
)
def test_an_error_names_the_file_the_key_and_what_it_takes(tmp_path: Path, toml: str, said: str) -> None:
    with pytest.raises(UsageError, match=rf"settings file .*gouji\.toml: .*{said}"):
        load(tmp_path, toml)


@pytest.mark.parametrize("section", [field.name for field in fields(Settings)])
def test_every_default_is_one_that_a_file_may_give(section: str) -> None:
    defaults = to_builtins(getattr(Settings(), section))
    assert decode_settings({section: defaults}, Settings, "defaults") == Settings()


def test_the_section_of_the_service_is_left_to_the_service(tmp_path: Path) -> None:
    assert load(tmp_path, "[service]\nport = 1\n[reading]\nlayout = false").reading == ReadingSettings(layout=False)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        load_settings(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="settings file"):
        load_settings(tmp_path)
    (tmp_path / "gbk.toml").write_bytes("# 设置".encode("gbk"))
    with pytest.raises(UsageError, match=r"gbk\.toml"):
        load_settings(tmp_path / "gbk.toml")
