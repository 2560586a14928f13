"""`gouji restore`: a backup into a service that has nothing yet."""

from __future__ import annotations

import argparse
from pathlib import Path

from extraction.service.backup.command import add_place

_EPILOG = """\
examples:
  gouji restore gouji-2026-03-02.tar.gz --data /srv/gouji
  GOUJI_STORE=postgresql://gouji@host/gouji gouji restore gouji.tar.gz

Everything is compared with its hash before anything is put, and nothing is replaced. Sessions end; accounts, tokens,
reports with all their versions, drafts, reviews and the audit log are as they were.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.description = "Puts back what gouji backup has written, into an empty service."
    parser.epilog = _EPILOG
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    add_place(parser)


def run(parsed: argparse.Namespace) -> int:
    """Put it back. Raises UsageError."""
    import getpass

    import sqlalchemy as sa

    from extraction.service.backup.archive import restore
    from extraction.service.settings import load_service_settings, with_data
    from extraction.service.store.audit import Actor, acting, record
    from extraction.service.store.engine import Store
    from extraction.service.store.tables import LoginSession

    settings = with_data(load_service_settings(parsed.settings), parsed.data)
    store = Store(settings.store_address)
    try:
        store.upgrade()
        card = restore(settings, store, parsed.file)
        with acting(Actor(f"{getpass.getuser()} (gouji restore)")), store.writing() as session:
            session.execute(sa.delete(LoginSession))
            record(session, "store.restore", parsed.file.name, rows=sum(card.rows.values()), gouji=card.gouji)
    finally:
        store.close()
    print(f"restored: {sum(card.rows.values()):,} rows, {len(card.files):,} files")
    return 0
