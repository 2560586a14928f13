"""`gouji backup`: all that the service keeps, in one file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from extraction.errors import UsageError
from service.opening import add_place, opened

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


def run(parsed: argparse.Namespace) -> int:
    """Write it; 1 where files were missing. Raises UsageError."""
    if parsed.file.exists():
        raise UsageError(f"{parsed.file} is there already; a backup replaces nothing")
    with opened(parsed) as (settings, store):
        from service.backup.archive import backup

        card = backup(settings, store, parsed.file)
    print(f"{parsed.file}: {sum(card.rows.values()):,} rows, {len(card.files):,} files")
    for key in card.missing:
        print(f"missing: {key}", file=sys.stderr)
    return 1 if card.missing else 0
