"""The command `gouji`: arguments in, exit code out. Heavy modules are loaded by the command that needs them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from extraction.errors import GoujiError
from models.versions import ENVIRONMENT, WeightsError

_EPILOG = """\
examples:
  gouji convert archive/ -o out --workers 2    every report below a folder
  gouji show out                               what came of it

exit codes: 0 everything converted; 1 some input failed (see manifest.jsonl), the rest is there; 2 the call is wrong
"""

COMMANDS = {
    "convert": ("extraction.bulk.command", "files or folders of reports to JSON, Parquet and CSV"),
    "show": ("extraction.output.show", "what a conversion found: a line a report, and what a person must look at"),
    "check": ("extraction.archive.command", "a conversion's reports beside each other: year by year, agency by agency"),
    "export": ("extraction.exports.command", "a conversion's results as a workbook, a table, a database or a page"),
    "serve": ("service.command", "the HTTP service and the review desk"),
    "users": ("service.security.command", "the service's accounts, their roles and tokens"),
    "reviews": ("service.loop.command", "what people reviewed, as annotations to train on"),
    "backup": ("service.backup.command", "all that the service keeps, in one file"),
    "restore": ("service.backup.restore_command", "a backup into an empty service, on whichever database"),
    "eval": ("eval.command", "how right: a data set's documents beside their gold"),
    "annotations": ("annotations.command", "gold: check it, draft it, exchange it, split it"),
    "bench": ("eval.bench.command", "seconds a page, beside whole-page OCR on the same pages"),
    "models": ("models.gate.command", "the weights in use: verify, promote and roll back versions"),
    "train": ("training.command", "train a network, on annotated reports too, and compare it"),
}
"""Every command with its help and its module, which has `configure(parser)` and `run(parsed)`, the exit code."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; errors become one line on standard error and the exit code of their kind."""
    given = sys.argv[1:] if arguments is None else arguments
    parsed = _parser(given).parse_args(given)
    if parsed.weights:
        os.environ[ENVIRONMENT] = str(parsed.weights.resolve())  # for worker processes too
    try:
        return int(parsed.run(parsed))
    except (GoujiError, WeightsError) as error:
        print(f"gouji: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:  # of one input, it is a line in the manifest: this is OUT or the call
        print(f"gouji: {error.filename or 'the disk'}: {error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gouji: interrupted; what is finished is kept, run the same command again to go on", file=sys.stderr)
        return 130


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Only the modules of commands that the arguments name are loaded."""
    parser = argparse.ArgumentParser(
        prog="gouji",
        description="Reads Chinese 政府信息公开工作年度报告 in any form into figures checked against each other.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gouji {version('gouji')}")
    parser.add_argument("--weights", type=Path, metavar="DIR", help="folder of trained versions, see gouji models")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, (module, says) in COMMANDS.items():
        own = commands.add_parser(name, help=says, formatter_class=argparse.RawDescriptionHelpFormatter)
        if name in given:
            command = import_module(module)
            command.configure(own)
            own.set_defaults(run=command.run)
    return parser
