"""Who may do what. Endpoints take a person by one of the dependencies `Viewer`, `Reviewer` and `Admin`."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from extraction.errors import UsageError
from extraction.service.problems import problem
from extraction.service.security.accounts import open_accounts
from extraction.service.security.addresses import is_loopback
from extraction.service.security.admission import Admission
from extraction.service.security.gate import Gate
from extraction.service.security.headers import SecureHeaders
from extraction.service.security.pages import login_address
from extraction.service.security.people import Admin as Admin
from extraction.service.security.people import NotSignedIn
from extraction.service.security.people import Reviewer as Reviewer
from extraction.service.security.people import Viewer as Viewer
from extraction.service.security.people import admin as admin
from extraction.service.security.people import reviewer as reviewer
from extraction.service.security.people import viewer as viewer
from extraction.service.security.rates import Limits
from extraction.service.security.roles import Person as Person
from extraction.service.security.roles import Role as Role
from extraction.service.settings import ServiceSettings
from extraction.service.store.engine import Store


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
