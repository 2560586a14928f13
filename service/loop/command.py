"""`gouji reviews`: write the annotations of reviews as a data set for `gouji train` and Label Studio."""

from __future__ import annotations

import argparse
from pathlib import Path

from extraction.errors import UsageError
from extraction.messages import Messages
from service.store_arguments import add_store_arguments, open_store

_EPILOG = """\
examples:
  gouji reviews mine                                     the last review of every accepted report
  gouji annotations validate mine
  gouji train labeller run1 --annotations mine           as the button of the desk does
  gouji annotations export mine -o tasks                 for Label Studio
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.description = "Writes the annotation of every accepted report, with its document beside it, as a data set."
    parser.epilog = _EPILOG
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder for the data set, new or empty")
    add_store_arguments(parser)


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Write them. Raises UsageError."""
    if parsed.folder.exists() and any(parsed.folder.iterdir()):
        raise UsageError("{path} is not empty: name a new or empty folder for the data set", path=parsed.folder)
    with open_store(parsed) as (settings, store):
        from service.files import Files
        from service.loop.collection import latest, lay_out

        with store.reading() as session:
            written = list(lay_out(Files(settings.files_root), latest(session), parsed.folder))
    print(messages("{path}: {count} annotated reports", path=parsed.folder, count=len(written)))
    return 0
