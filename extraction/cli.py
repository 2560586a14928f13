"""The command `gouji`: arguments in, exit code out. Heavy modules are loaded by the command that needs them."""

from __future__ import annotations

import io
import locale
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from extraction.arguments import Parser
from extraction.errors import GoujiError
from extraction.messages import Language, Messages, language_of, messages_in
from models.versions import ENVIRONMENT, WeightsError

_EPILOG = """\
examples:
  gouji convert archive/ -o out --workers 2    every report below a folder
  gouji show out                               what came of it
  gouji show out 2023/report.pdf               what a person must look at in one report
  gouji export out --to out.xlsx               a workbook of the results
  gouji convert --help                         every command explains itself

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
"""Every command with its module and its help. A module has `configure(parser)` and `run(parsed, messages)`, which
returns the exit code; it is named here and not imported, since some stand on top of this package."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; errors become one line on standard error and the exit code of their kind."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console that lacks a character shows its escape
            stream.reconfigure(errors="backslashreplace")
    language, given = _language(sys.argv[1:] if arguments is None else arguments)
    messages = messages_in(language)
    parsed = _parser(given, messages).parse_args(given)
    if parsed.weights:
        os.environ[ENVIRONMENT] = str(parsed.weights.resolve())  # for worker processes too
    try:
        return int(parsed.run(parsed, messages))
    except GoujiError as error:
        why, code = error.told(messages), error.exit_code
    except WeightsError as error:
        why, code = messages.retold(str(error)), error.exit_code
    except OSError as error:  # of one input, it is a line in the manifest: this is OUT or the call
        file, reason = error.filename or messages("the disk"), messages(error.strerror or str(error))
        why, code = messages("{path}: {why}", path=file, why=reason), 2
    except KeyboardInterrupt:
        why, code = messages("interrupted; what is finished is kept, run the same command again to go on"), 130
    print(messages("gouji: {why}", why=why), file=sys.stderr)
    return code


def _language(given: Sequence[str]) -> tuple[Language, list[str]]:
    """What people are spoken to in, and the arguments without the one that says so, which may stand anywhere."""
    language = language_of(os.environ, locale.getlocale()[0])
    early = Parser(messages=messages_in(language), prog="gouji", add_help=False, allow_abbrev=False)
    _add_language(early)
    named, others = early.parse_known_args(given)
    return Language(named.lang or language), others


def _add_language(parser: Parser) -> None:
    languages = [str(language) for language in Language]
    parser.add_argument("--lang", choices=languages, help="language of messages (default: that of the locale)")


def _parser(given: Sequence[str], messages: Messages = Messages()) -> Parser:  # noqa: B008 (it is frozen)
    """Only the modules of commands that the arguments name are loaded."""
    parser = Parser(
        messages=messages,
        prog="gouji",
        description="Reads Chinese 政府信息公开工作年度报告 in any form into figures checked against each other.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"gouji {version('gouji')}")
    _add_language(parser)
    parser.add_argument("--weights", type=Path, metavar="DIR", help="folder of trained versions, see gouji models")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, (module, says) in COMMANDS.items():
        own = commands.add_parser(name, help=says)
        if name in given:
            command = import_module(module)
            command.configure(own)
            own.set_defaults(run=command.run)
    return parser
