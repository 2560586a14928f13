"""`gouji users`."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from fastapi.testclient import TestClient

from extraction.cli import main
from tests.service.security.senders import HERE, PASSWORD, audited, bearer, log_in, service


def test_accounts_are_kept_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def users(*arguments: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = main(["users", "--data", str(tmp_path), *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    assert users("add", "zhang", "--role", "viewer", typed="short\n") == (
        2,
        "gouji: a password has 10 to 1000 characters\n",
    )
    assert users("add", "zhang", "--role", "viewer", typed=f"{PASSWORD}\n") == (0, "added zhang, viewer\n")
    assert users("add", "zhang", "--role", "admin", "--no-password", "--data", str(tmp_path))[0] == 2
    assert users("change", "zhang", "--role", "reviewer")[0] == 0
    assert users("add", "harvest", "--role", "viewer", "--no-password")[0] == 0
    _, said = users("token", "harvest", "--label", "nightly", "--days", "9")
    token = said.split()[0]
    app = service(tmp_path)
    browser = TestClient(app, base_url=HERE, follow_redirects=False)
    assert browser.get("/for/viewer", headers=bearer(token)).json() == {"name": "harvest", "by": "token", "csrf": ""}
    assert log_in(browser, "harvest", "") == 401  # no password is not an empty one
    assert log_in(browser, "zhang") == 303
    listed = users("list")[1]
    assert "zhang                reviewer  since" in listed
    assert "  no password" in listed
    assert "nightly" in listed
    assert token not in listed
    assert users("revoke", "1")[0] == 0
    assert users("disable", "zhang")[0] == 0
    assert browser.get("/for/viewer", headers=bearer(token)).status_code == 401
    assert browser.get("/for/viewer").status_code == 401
    assert users("token", "zhang")[0] == 2
    assert users("revoke", "7")[0] == 2
    by = {user for user, *_ in audited(app.state.service.store)}
    assert any(name.endswith("(gouji users)") for name in by)
