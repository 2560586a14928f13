"""Authentication, roles and request checks. Endpoints depend on `Viewer`, `Reviewer` or `Admin` for the person."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from extraction.errors import UsageError
from service.problems import problem
from service.security.accounts import open_accounts
from service.security.addresses import is_loopback
from service.security.headers import SecureHeaders
from service.security.pages import login_address
from service.security.people import Admin as Admin
from service.security.people import NotSignedIn
from service.security.people import Reviewer as Reviewer
from service.security.people import Viewer as Viewer
from service.security.people import admin as admin
from service.security.people import reviewer as reviewer
from service.security.people import viewer as viewer
from service.security.rate_limits import Limits
from service.security.request_checks import RequestChecks
from service.security.roles import Person as Person
from service.security.roles import Role as Role
from service.security.upload_admission import UploadAdmission
from service.settings import ServiceSettings
from service.store.engine import Store


def install(app: FastAPI, settings: ServiceSettings) -> None:
    """Check every request before anything else, and redirect browsers that must log in to the login page."""
    app.state.limits = Limits()
    app.add_middleware(UploadAdmission)
    app.add_middleware(RequestChecks, settings=settings)
    app.add_middleware(SecureHeaders)  # the last one added is the outermost: refusals have the headers too

    @app.exception_handler(NotSignedIn)
    def _log_in(request: Request, error: NotSignedIn) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(login_address(request), 303)
        return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))


def require_account_if_exposed(settings: ServiceSettings, store: Store) -> None:
    """Raise UsageError where other machines can reach the service and there is no account."""
    if is_loopback(settings.host):
        return
    with store.reading() as session:
        if not open_accounts(session):
            raise UsageError(
                f"{settings.host} can be reached from other machines, and there is no user yet: "
                "add one with gouji users add NAME --role admin"
            )
