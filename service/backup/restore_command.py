"""`gouji restore`: restore a backup into an empty service."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from extraction.messages import Messages
from service.store_arguments import add_store_arguments, open_store

_EPILOG = """\
examples:
  gouji restore gouji-2026-03-02.tar.gz --data /srv/gouji
  GOUJI_STORE=postgresql://gouji@host/gouji gouji restore gouji.tar.gz

Everything is compared with its hash before anything is written, and nothing is replaced. Sessions end; accounts,
tokens, reports with all their versions, drafts, reviews and the audit log are as they were.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.description = "Restores what gouji backup has written into an empty service."
    parser.epilog = _EPILOG
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    add_store_arguments(parser)


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Restore the backup. Raises UsageError."""
    with open_store(parsed) as (settings, store):
        import sqlalchemy as sa

        from service.backup.archive import restore
        from service.store.audit import Actor, acting, record
        from service.store.tables import LoginSession

        inventory = restore(settings, store, parsed.file)
        with acting(Actor(f"{getpass.getuser()} (gouji restore)")), store.writing() as session:
            session.execute(sa.delete(LoginSession))
            record(session, "store.restore", parsed.file.name, rows=sum(inventory.rows.values()), gouji=inventory.gouji)
    rows, files = sum(inventory.rows.values()), len(inventory.files)
    print(messages("restored: {rows:,} rows, {files:,} files", rows=rows, files=files))
    return 0
