"""Settings of the service: the defaults, changed by a file, changed by the environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.errors import UsageError
from service.settings import ServiceSettings, load_service_settings, with_data


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "gouji.toml"
    made.write_text('[service]\nport = 9000\nworkers = 2\nhosts = ["a.example"]\n', encoding="utf-8")
    return made


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(file: Path) -> None:
    found = load_service_settings(file, {"GOUJI_PORT": "9001", "GOUJI_WEBHOOKS": "http://a/, http://b/ ,"})
    assert (found.port, found.workers, found.hosts) == (9001, 2, ("a.example",))
    assert found.webhooks == ("http://a/", "http://b/")
    assert found.host == ServiceSettings().host
    assert load_service_settings(None, {}) == ServiceSettings()


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("[service]\nprot = 1\n", "prot"),
        ("[service]\nport = '9000'\n", "port"),
        ("[service]\nport = 70000\n", "port"),
        ("[service]\nworkers = -1\n", "workers"),
        ("service = 1\n", "service"),
    ],
)
def test_a_wrong_key_or_value_of_the_file_is_named(tmp_path: Path, said: str, named: str) -> None:
    (tmp_path / "gouji.toml").write_text(said, encoding="utf-8")
    with pytest.raises(UsageError, match=named):
        load_service_settings(tmp_path / "gouji.toml", {})


@given(st.text().filter(lambda text: not text.strip().lstrip("+-").replace("_", "").isdecimal()))
def test_what_is_no_number_in_the_environment_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="GOUJI_"):
        load_service_settings(None, {"GOUJI_WORKERS": text})


def test_everything_lies_in_the_data_folder_unless_it_is_said_otherwise(tmp_path: Path) -> None:
    settings = with_data(ServiceSettings(data="elsewhere"), str(tmp_path))
    assert settings.store_address == f"sqlite:///{tmp_path}/gouji.db"
    assert settings.files_root == str(tmp_path / "files")
    assert with_data(settings, None) == settings
    other = ServiceSettings(store="postgresql://host/gouji", files="s3://bucket/gouji")
    assert (other.store_address, other.files_root) == ("postgresql://host/gouji", "s3://bucket/gouji")
