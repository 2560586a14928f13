"""`gouji restore`: a backup into a service that has nothing yet."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from service.opening import add_place, opened

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
    with opened(parsed) as (settings, store):
        import sqlalchemy as sa

        from service.backup.archive import restore
        from service.store.audit import Actor, acting, record
        from service.store.tables import LoginSession

        card = restore(settings, store, parsed.file)
        with acting(Actor(f"{getpass.getuser()} (gouji restore)")), store.writing() as session:
            session.execute(sa.delete(LoginSession))
            record(session, "store.restore", parsed.file.name, rows=sum(card.rows.values()), gouji=card.gouji)
    print(f"restored: {sum(card.rows.values()):,} rows, {len(card.files):,} files")
    return 0
