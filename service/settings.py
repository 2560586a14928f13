"""What the service can be told: `[service]` of the settings file, changed by the environment (`GOUJI_PORT` is port)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from msgspec.structs import asdict, fields, replace
from platformdirs import user_data_path

from extraction.settings import Section, decode_settings, read_toml, setting

ENVIRONMENT = "GOUJI_"


class ServiceSettings(Section, frozen=True):
    """Where `gouji serve` listens, where it keeps things, and its limits."""

    host: Annotated[str, setting("", "Address that it listens at. Anywhere but on loopback it needs a user.")] = (
        "127.0.0.1"
    )
    port: Annotated[int, setting("", "Port that it listens at; 0 is any that is free.", ge=0, le=65_535)] = 8000
    data: Annotated[
        str,
        setting("", "Folder of the database and the files; empty is `service` in the user's data folder of Gouji."),
    ] = ""
    store: Annotated[
        str,
        setting(
            "",
            "Address of the database: `postgresql://user:password@host/gouji`; empty is SQLite's `gouji.db` in `data`.",
        ),
    ] = ""
    files: Annotated[
        str,
        setting(
            "",
            "Where documents and annotations are kept: a folder, or `s3://bucket/folder`; empty is `files` in `data`.",
        ),
    ] = ""
    workers: Annotated[
        int,
        setting(
            "processes",
            "That read documents. With 0, another `gouji serve` on the same database and files reads and trains.",
            ge=0,
        ),
    ] = 1
    lease_seconds: Annotated[
        float,
        setting("seconds", "After so long without a sign of life of its worker a job is another's.", ge=0, le=86_400),
    ] = 60.0
    attempts: Annotated[int, setting("attempts", "At a job, after which it fails.", ge=1)] = 5
    upload_files: Annotated[int, setting("files", "In one upload.", ge=1)] = 100
    upload_bytes: Annotated[
        int,
        setting("bytes", "Of all files of one upload together; of one file, `ingest.max_bytes` is the limit.", ge=1),
    ] = 500_000_000
    waiting_jobs: Annotated[int, setting("jobs", "When so many wait, uploads are refused.", ge=0)] = 10_000
    hosts: Annotated[
        tuple[str, ...],
        setting(
            "", "Names that it is called by. Without any: on loopback only loopback's names, elsewhere every name."
        ),
    ] = ()
    requests_at_once: Annotated[int, setting("requests", "Of one address, before it has to wait.", ge=0)] = 2000
    requests_per_second: Annotated[
        float, setting("requests per second", "Of one address, in the long run.", ge=0, le=1_000_000)
    ] = 200.0
    training: Annotated[
        str, setting("", "Settings file of retrainings; empty is `training/labeller/retraining.toml`.")
    ] = ""
    webhooks: Annotated[tuple[str, ...], setting("", "Public addresses that are told of every finished job.")] = ()
    webhook_secret: Annotated[str, setting("", "Key of the signature of what webhooks are told.")] = ""

    @property
    def data_folder(self) -> Path:
        """The folder of what is not kept elsewhere."""
        return Path(self.data) if self.data else user_data_path("gouji", appauthor=False) / "service"

    @property
    def store_address(self) -> str:
        """The address of the database."""
        return self.store or f"sqlite:///{self.data_folder.resolve()}/gouji.db"

    @property
    def files_root(self) -> str:
        """The folder or prefix that files are kept below."""
        return self.files or str(self.data_folder.resolve() / "files")


def load_service_settings(path: Path | None, environment: Mapping[str, str] = os.environ) -> ServiceSettings:
    """The defaults, changed by `[service]` of the file at `path`, then by the environment. Raises UsageError."""
    section = {} if path is None else read_toml(path).get("service", {})
    settings = decode_settings(section, ServiceSettings, f"settings file {path}, [service]")
    given: dict[str, object] = {}
    for key in fields(ServiceSettings):
        if (text := environment.get(ENVIRONMENT + key.name.upper())) is not None:
            parts = [part.strip() for part in text.split(",") if part.strip()]
            given[key.name] = parts if key.default == () else text
    return decode_settings(asdict(settings) | given, ServiceSettings, f"environment {ENVIRONMENT}*", strict=False)


def with_data(settings: ServiceSettings, data: str | None) -> ServiceSettings:
    """The settings, with another folder of what is kept where one is given."""
    return settings if data is None else replace(settings, data=data)
