"""What the service can be told: `[service]` of the settings file, changed by the environment (`GOUJI_PORT` is port)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from extraction.errors import UsageError
from extraction.settings import read_toml

ENVIRONMENT = "GOUJI_"


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Where it listens, where it keeps things, and its limits."""

    host: str = "127.0.0.1"
    port: int = 8000
    data: str = ""  # folder of the store and the files; "" is gouji/service in the user's data folder
    store: str = ""  # address of the database; "" is SQLite's gouji.db in the data folder
    files: str = ""  # where files are kept, a folder or as s3://bucket/folder; "" is files in the data folder
    workers: int = 1  # processes that read documents; 0: another `gouji serve` on the same store reads them
    lease_seconds: float = 60.0  # without a sign of life after which a job is another worker's
    attempts: int = 5  # at a job, after which it fails
    upload_files: int = 100  # in one upload
    upload_bytes: int = 500_000_000  # of all files of one upload together; of one, ingest.max_bytes is the limit
    waiting_jobs: int = 10_000  # from which uploads are refused
    hosts: tuple[str, ...] = ()  # names that it is called by; with none given any, on loopback only loopback's
    requests_at_once: int = 2000  # of one address, before it has to wait
    requests_per_second: float = 200.0  # of one address, in the long run
    training: str = ""  # settings of retrainings, a file; "" is training/labeller/retraining.toml
    webhooks: tuple[str, ...] = ()  # addresses that hear of every finished job
    webhook_secret: str = ""  # signs what they hear

    @property
    def data_folder(self) -> Path:
        """The folder of what is not kept elsewhere."""
        return Path(self.data) if self.data else user_data_path("gouji", appauthor=False) / "service"

    @property
    def store_address(self) -> str:
        """Of the database."""
        return self.store or f"sqlite:///{self.data_folder.resolve()}/gouji.db"

    @property
    def files_root(self) -> str:
        """The folder or prefix that files are kept below."""
        return self.files or str(self.data_folder.resolve() / "files")


def load_service_settings(path: Path | None, environment: Mapping[str, str] = os.environ) -> ServiceSettings:
    """The defaults, changed by `[service]` of the file at `path`, then by the environment. Raises UsageError."""
    given: dict[str, Any] = {} if path is None else read_toml(path).get("service", {})
    if not isinstance(given, dict):
        raise UsageError(f"settings file {path}: service is a section, [service]")
    known = {field.name for field in fields(ServiceSettings)}
    if unknown := set(given) - known:
        raise UsageError(
            f"settings file {path}: unknown key service.{min(unknown)}; there are {', '.join(sorted(known))}"
        )
    said = {name: environment[key] for name in known if (key := ENVIRONMENT + name.upper()) in environment}
    default = ServiceSettings()
    values = {name: _value(f"service.{name}", getattr(default, name), value) for name, value in given.items()}
    values |= {name: _value(ENVIRONMENT + name.upper(), getattr(default, name), text) for name, text in said.items()}
    return replace(default, **values)


def with_data(settings: ServiceSettings, data: str | None) -> ServiceSettings:
    """The settings, with another folder of what is kept where one is given."""
    return settings if data is None else replace(settings, data=data)


def _value(name: str, default: Any, given: Any) -> Any:
    """What was given, as a value of the default's type; text of the environment is read as one."""
    kind = type(default)
    if kind is tuple:
        parts = given.split(",") if isinstance(given, str) else given
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise UsageError(f"{name} takes a list of texts, not {given!r}")
        return tuple(part.strip() for part in parts if part.strip())
    if kind is str and isinstance(given, str):
        return given
    if kind in (int, float) and isinstance(given, (int, float, str)) and not isinstance(given, bool):
        try:
            number = kind(given)
        except ValueError:
            number = -1
        if number >= 0 and number == number:
            return number
    raise UsageError(f"{name} takes {'a text' if kind is str else 'a number from 0'}, not {given!r}")
