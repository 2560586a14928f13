"""`gouji backup`: back the service up to one file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from extraction.errors import UsageError
from extraction.messages import Messages
from service.store_arguments import add_store_arguments, open_store

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
    add_store_arguments(parser)


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Write the backup; exit code 1 if files were missing. Raises UsageError."""
    if parsed.file.exists():
        raise UsageError("{path} exists already; name another file", path=parsed.file)
    with open_store(parsed) as (settings, store):
        from service.backup.archive import backup

        inventory = backup(settings, store, parsed.file)
    rows, files = sum(inventory.rows.values()), len(inventory.files)
    print(messages("{path}: {rows:,} rows, {files:,} files", path=parsed.file, rows=rows, files=files))
    for key in inventory.missing:
        print(messages("file missing in the store, not in the backup: {path}", path=key), file=sys.stderr)
    return 1 if inventory.missing else 0
