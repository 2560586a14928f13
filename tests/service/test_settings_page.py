"""docs/settings.md is what the declarations of the settings make, and says everything that can be set."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import fields

from extraction.errors import UsageError
from extraction.settings import Settings
from service.settings import ServiceSettings, load_service_settings
from service.settings_page import settings_page

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_in_docs_is_the_one_that_the_command_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(), "run python -m service.settings_page > docs/settings.md"


def test_every_setting_has_a_meaning_and_every_number_a_unit_or_a_range() -> None:
    kinds = [field.type for field in fields(Settings)] + [ServiceSettings]
    rows = [line.split(" | ") for line in settings_page().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(fields(kind)) for kind in kinds)
    assert all(len(row) == 5 and row[1] and row[2] and len(row[4]) > 5 for row in rows)


def test_the_environment_wins_over_the_file_and_says_lists_with_commas(tmp_path: Path) -> None:
    path = tmp_path / "gouji.toml"
    path.write_text("[service]\nport = 1\nworkers = 3\nhosts = ['a']", encoding="utf-8")
    settings = load_service_settings(path, {"GOUJI_PORT": "2", "GOUJI_HOSTS": "b, c", "GOUJI_STORE": "1", "PORT": "9"})
    assert (settings.port, settings.workers, settings.hosts, settings.store) == (2, 3, ("b", "c"), "1")


@pytest.mark.parametrize(
    ("toml", "environment", "said"),
    [
        ("service = 1", {}, r"gouji\.toml, \[service\]: .*Expected `object`"),
        ("[service]\nport = 'x'", {}, r"gouji\.toml, \[service\]: port: Expected `int`"),
        ("[service]\nhosts = 'x'", {}, r"hosts: Expected `array`"),
        ("[service]\nprot = 1", {}, r"unknown field `prot`"),
        ("", {"GOUJI_PORT": "-1"}, r"environment GOUJI_\*: port: Expected `int` >= 0"),
        ("", {"GOUJI_REQUESTS_PER_SECOND": "nan"}, r"requests_per_second: Expected `float`"),
        ("", {"GOUJI_WORKERS": "two"}, r"workers: Expected `int`"),
    ],
)
def test_an_error_names_where_it_was_said(tmp_path: Path, toml: str, environment: dict[str, str], said: str) -> None:
    path = tmp_path / "gouji.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        load_service_settings(path, environment)
