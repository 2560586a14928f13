"""`gouji backup`: all that the service keeps, in one file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from extraction.errors import UsageError

_EPILOG = """\
examples:
  gouji backup /srv/backup/gouji-2026-03-02.tar.gz
  gouji backup --settings /etc/gouji.toml gouji.tar          not packed: documents hardly get smaller

The service may go on meanwhile. The file holds hashes of passwords and all documents: keep it as safe as these.
`gouji restore` puts it back, on SQLite or PostgreSQL, whichever it was made on.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.description = "Writes the store, the documents, the annotations and the trained weights to one file."
    parser.epilog = _EPILOG
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup to write, .tar or .tar.gz")
    add_place(parser)


def add_place(parser: argparse.ArgumentParser) -> None:
    """The arguments that say where the service keeps things."""
    parser.add_argument("--data", help="folder of the database and the files")
    parser.add_argument("--settings", type=Path, metavar="TOML", help="settings, see docs/settings.md")


def run(parsed: argparse.Namespace) -> int:
    """Write it; 1 where files were missing. Raises UsageError."""
    from extraction.service.backup.archive import backup
    from extraction.service.settings import load_service_settings, with_data
    from extraction.service.store.engine import Store

    if parsed.file.exists():
        raise UsageError(f"{parsed.file} is there already; a backup replaces nothing")
    settings = with_data(load_service_settings(parsed.settings), parsed.data)
    store = Store(settings.store_address)
    try:
        store.upgrade()
        card = backup(settings, store, parsed.file)
    finally:
        store.close()
    print(f"{parsed.file}: {sum(card.rows.values()):,} rows, {len(card.files):,} files")
    for key in card.missing:
        print(f"missing: {key}", file=sys.stderr)
    return 1 if card.missing else 0
