"""Who may do what. Endpoints take a person by one of the dependencies `Viewer`, `Reviewer` and `Admin`."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from extraction.errors import UsageError
from service.problems import problem
from service.security.accounts import open_accounts
from service.security.addresses import is_loopback
from service.security.admission import Admission
from service.security.gate import Gate
from service.security.headers import SecureHeaders
from service.security.pages import login_address
from service.security.people import Admin as Admin
from service.security.people import NotSignedIn
from service.security.people import Reviewer as Reviewer
from service.security.people import Viewer as Viewer
from service.security.people import admin as admin
from service.security.people import reviewer as reviewer
from service.security.people import viewer as viewer
from service.security.rates import Limits
from service.security.roles import Person as Person
from service.security.roles import Role as Role
from service.settings import ServiceSettings
from service.store.engine import Store


def install(app: FastAPI, settings: ServiceSettings) -> None:
    """Put the gate before everything, and send browsers that have to log in to the page where they can."""
    app.state.limits = Limits()
    app.add_middleware(Admission)
    app.add_middleware(Gate, settings=settings)
    app.add_middleware(SecureHeaders)  # the last one added is the outermost: refusals have the headers too

    @app.exception_handler(NotSignedIn)
    def _log_in(request: Request, error: NotSignedIn) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(login_address(request), 303)
        return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))


def refuse_to_stand_open(settings: ServiceSettings, store: Store) -> None:
    """Raise UsageError where others than this machine could come in and nobody could say who they are."""
    if is_loopback(settings.host):
        return
    with store.reading() as session:
        if not open_accounts(session):
            raise UsageError(
                f"listening at {settings.host}, others can reach it, and there is no user yet: "
                "gouji users add NAME --role admin makes one"
            )
