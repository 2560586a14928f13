"""`gouji serve`: run the HTTP service and the review desk."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

from extraction.errors import UsageError
from extraction.messages import Messages

_EPILOG = """\
examples:
  gouji serve                                  on this machine alone: http://127.0.0.1:8000
  gouji serve --data /srv/gouji --workers 2    keep everything in /srv/gouji, read with two processes
  gouji serve --settings gouji.toml            with the settings in [service], see docs/settings.md
  gouji serve --workers 0                      read nothing; another gouji serve on the same store does
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.description = "Serves uploads, results and the review desk over HTTP."
    parser.epilog = _EPILOG
    parser.add_argument("--host", help="address to listen at (default 127.0.0.1; any other needs a user)")
    parser.add_argument("--port", type=int, help="default 8000; 0 takes a free one")
    parser.add_argument("--data", help="folder of the database and the files")
    parser.add_argument("--workers", type=int, metavar="N", help="processes that read documents (default 1)")
    parser.add_argument("--settings", type=Path, metavar="TOML", help="settings, see docs/settings.md")


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Serve until stopped. Raises UsageError."""
    if missing := [name for name in ("fastapi", "uvicorn", "sqlalchemy", "alembic") if find_spec(name) is None]:
        raise UsageError("{package} is not installed: pip install 'gouji[{extra}]'", package=missing[0], extra="serve")
    import uvicorn
    from msgspec.structs import replace

    from extraction.settings import load_settings
    from service.app import create_app
    from service.security import require_account_if_exposed
    from service.settings import load_service_settings

    given = {
        name: value for name in ("host", "port", "data", "workers") if (value := getattr(parsed, name)) is not None
    }
    if any(given.get(name, 0) < 0 for name in ("port", "workers")):
        raise UsageError("--port and --workers take a number of at least 0")
    settings = replace(load_service_settings(parsed.settings), **given)
    app = create_app(settings, load_settings(parsed.settings))
    require_account_if_exposed(settings, app.state.service.store)
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, log_level="warning", access_log=False, server_header=False
    )
    listening = config.bind_socket()
    listening.listen(config.backlog)  # requests wait from here on until the service is ready
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{listening.getsockname()[1]}"
    print(messages("Gouji serves at {address}", address=address), flush=True)
    uvicorn.Server(config).run([listening])
    return 0
