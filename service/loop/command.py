"""`gouji reviews`: the annotations that reviews have made, as a data set for `gouji train` and Label Studio."""

from __future__ import annotations

import argparse
from pathlib import Path

from extraction.errors import UsageError
from service.opening import add_place, opened

_EPILOG = """\
examples:
  gouji reviews mine                                     the last review of every accepted report
  gouji annotations validate mine
  gouji train labeller run1 --annotations mine           what the button of the desk does
  gouji annotations export mine -o tasks                 for Label Studio
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.description = "Writes every accepted report with its document as annotated: reports/<id>.json beside it."
    parser.epilog = _EPILOG
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder for the data set, new or empty")
    add_place(parser)


def run(parsed: argparse.Namespace) -> int:
    """Write them. Raises UsageError."""
    if parsed.folder.exists() and any(parsed.folder.iterdir()):
        raise UsageError(f"{parsed.folder} has something in it; the data set goes into a folder of its own")
    with opened(parsed) as (settings, store):
        from service.files import Files
        from service.loop.collection import latest, lay_out

        with store.reading() as session:
            written = list(lay_out(Files(settings.files_root), latest(session), parsed.folder))
    print(f"{parsed.folder}: {len(written)} annotated reports")
    return 0
