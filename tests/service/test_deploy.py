"""What deploys the service names only what there is, and says what the docs say."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

import yaml
from msgspec.structs import fields

from extraction.cli import COMMANDS, _parser
from models.versions import ENVIRONMENT as WEIGHTS
from service.app import ROUTERS
from service.security.accounts import add_user
from service.security.roles import Role
from service.settings import ENVIRONMENT, ServiceSettings
from service.store.engine import Store
from tests.service.server import serving

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "service" / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
UNIT = (DEPLOY / "gouji.service").read_text(encoding="utf-8")
DOCS = {
    name: (ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in ("service.md", "walkthrough.md", "zh/service.md", "zh/walkthrough.md")
}
KNOWN = {ENVIRONMENT + field.name.upper() for field in fields(ServiceSettings)} | {WEIGHTS}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


def extras() -> set[str]:
    return set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"])


def test_the_image_is_built_of_what_there_is() -> None:
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    sources = [source for line in copied for source in line]
    assert {"extraction", "models", "annotations", "eval", "training", "pyproject.toml"} <= set(sources)
    assert all((ROOT / source).exists() for source in sources)
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{source}" for source in sources} - {"!annotations"} <= set(kept)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert set(packages["targets"]["wheel"]["packages"]) <= set(sources)


def test_the_image_has_extras_settings_and_a_command_that_there_are() -> None:
    named = re.search(r"^ARG EXTRAS=(\S+)$", DOCKERFILE, re.M)
    assert named is not None
    assert set(named[1].split(",")) <= extras()
    assert set(re.findall(r"\b(GOUJI_\w+)=", DOCKERFILE)) <= KNOWN
    assert re.search(r'^CMD \["(\w+)"\]$', DOCKERFILE, re.M)[1] in COMMANDS  # type: ignore[index]
    assert "USER gouji" in DOCKERFILE
    (path,) = re.findall(r"127\.0\.0\.1:8000(/\w+)", DOCKERFILE)
    assert any(path == route.path for module in ROUTERS for route in import_module(module).router.routes)


def test_the_compose_file_names_what_there_is(compose: dict[str, Any]) -> None:
    service, database = compose["services"]["service"], compose["services"]["database"]
    context = (DEPLOY / service["build"]["context"]).resolve()
    assert context == ROOT
    assert (context / service["build"]["dockerfile"]).samefile(DEPLOY / "Dockerfile")
    assert set(service["environment"]) <= KNOWN | {"FORWARDED_ALLOW_IPS"}  # uvicorn's own
    assert set(service["depends_on"]) <= set(compose["services"])
    mounted = {volume.partition(":")[0] for each in (service, database) for volume in each["volumes"]}
    assert mounted == set(compose["volumes"])
    ports = service["ports"][0].rpartition(":")[2]
    assert f"GOUJI_PORT={ports}" in DOCKERFILE
    assert f"EXPOSE {ports}" in DOCKERFILE
    address = service["environment"]["GOUJI_STORE"]
    assert address.startswith(f"postgresql://{database['environment']['POSTGRES_USER']}:")
    assert address.endswith(f"@database/{database['environment']['POSTGRES_DB']}")


def test_nothing_is_open_by_itself(compose: dict[str, Any]) -> None:
    service, database = compose["services"]["service"], compose["services"]["database"]
    assert service["ports"] == ["${GOUJI_ADDRESS:-127.0.0.1}:8000:8000"]
    assert "ports" not in database
    for text in (service["environment"]["GOUJI_STORE"], database["environment"]["POSTGRES_PASSWORD"]):
        assert "${GOUJI_DATABASE_PASSWORD:?set it}" in text  # nobody gets a password that everybody knows
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True


@pytest.mark.slow
def test_a_proxy_is_believed_from_where_it_is_said_to_be(compose: dict[str, Any], tmp_path: Path) -> None:
    given = compose["services"]["service"]["environment"]["FORWARDED_ALLOW_IPS"]
    assert given == "${FORWARDED_ALLOW_IPS:-127.0.0.1,::1}"
    assert "FORWARDED_ALLOW_IPS" in DOCS["service.md"].partition("## Behind a proxy")[2].partition("\n## ")[0]
    store = Store(ServiceSettings(data=str(tmp_path)).store_address)
    store.upgrade()
    with store.writing() as session:
        add_user(session, "zhang", Role.ADMIN, "a long password")
    store.close()
    form = {"name": "zhang", "password": "a long password"}
    for place, believed in (("172.16.0.0/12,127.0.0.1", True), ("172.16.0.0/12", False)):
        with serving(tmp_path, "--workers", "0", FORWARDED_ALLOW_IPS=place) as (_, client):
            passed_on = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
            answer = client.post("/login", data=form, headers=passed_on)
            assert answer.status_code == 303
            assert ("secure" in answer.headers["set-cookie"].lower()) is believed


def test_the_unit_is_right(tmp_path: Path) -> None:
    started = re.search(r"^ExecStart=\S+/gouji (\w+)$", UNIT, re.M)
    assert started is not None
    assert started[1] in COMMANDS
    assert set(re.findall(r"\b(GOUJI_\w+)=", UNIT)) <= KNOWN
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze")
    here = UNIT.replace("/opt/gouji/bin/gouji", shutil.which("true") or "/bin/true").replace("User=gouji", "User=root")
    (tmp_path / "gouji.service").write_text(here, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "gouji.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "gouji.service" not in done.stderr, done.stderr


def commands() -> Iterator[str]:
    """The arguments of every call of gouji in the docs and the deployment's files."""
    texts = [*DOCS.values(), UNIT, (DEPLOY / "compose.yaml").read_text(encoding="utf-8")]
    for text in texts:
        for line in text.splitlines():
            for _, call in re.findall(r"(^|[\s`/])gouji ((?:[a-z]+\b)[^`|&>]*)", line.partition("  #")[0]):
                if not line.startswith(("useradd", "systemctl")):
                    yield call.strip()


def test_the_docs_call_only_commands_that_there_are_as_they_take_it() -> None:
    calls = [call for call in commands() if call.split()[0] in COMMANDS]
    assert {call.split()[0] for call in calls} >= {"serve", "users", "backup", "restore", "reviews", "train", "models"}
    for call in set(calls):
        words = shlex.split(call, comments=True)
        if words[1:]:  # more than its name
            assert _parser(words).parse_args(words).run is not None, call


def test_the_docs_name_environment_variables_that_there_are() -> None:
    variables = {name for text in DOCS.values() for name in re.findall(r"\b(GOUJI_[A-Z]+)\b", text)}
    in_compose = set(re.findall(r"GOUJI_\w+", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    assert variables <= KNOWN | in_compose
    asked = DOCS["service.md"].partition("## With Docker")[2].partition("\n## ")[0]
    given = set(re.findall(r"\$\{(GOUJI_\w+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    assert given == set(re.findall(r"\b(GOUJI_\w+)\b", asked))


def test_the_docs_name_files_and_extras_that_there_are() -> None:
    for name, text in DOCS.items():
        for path in re.findall(r"`((?:extraction|service|training|tests)/[\w/.]+)`", text):
            assert (ROOT / path).exists(), (name, path)
        for group in re.findall(r"'\.\[([\w,]+)\]'", text):
            assert set(group.split(",")) <= extras(), (name, group)


def test_the_default_install_imports_nothing_of_the_service() -> None:
    loaded = "[name for name in sys.modules if name.startswith('service')]"
    code = f"import sys, extraction.cli; extraction.cli._parser([]); print({loaded})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert find_spec("service") is not None
