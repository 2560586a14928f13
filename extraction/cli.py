"""The command `gouji`: arguments in, exit code out. Heavy modules are loaded by the command that needs them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from extraction.errors import GoujiError
from models.versions import ENVIRONMENT

_EPILOG = """\
examples:
  gouji convert archive/ -o out --workers 2    every report below a folder
  gouji show out                               what came of it

exit codes: 0 everything converted; 1 some input failed (see manifest.jsonl), the rest is there; 2 the call is wrong
"""

_SHOW_EPILOG = """\
examples:
  gouji show out                     a line a report
  gouji show out 2023/report.pdf     one report: fields for review, sums that do not hold, warnings
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; errors become one line on standard error and the exit code of their kind."""
    parsed = _parser().parse_args(arguments)
    if parsed.weights:
        os.environ[ENVIRONMENT] = str(parsed.weights.resolve())  # for worker processes too
    try:
        return int(parsed.run(parsed))
    except GoujiError as error:
        print(f"gouji: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:  # of one input, it is a line in the manifest: this is OUT or the call
        print(f"gouji: {error.filename or 'the disk'}: {error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gouji: interrupted; what is finished is kept, run the same command again to go on", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gouji",
        description="Reads Chinese 政府信息公开工作年度报告 in any form into figures checked against each other.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gouji {version('gouji')}")
    parser.add_argument("--weights", type=Path, metavar="DIR", help="folder of trained versions, see gouji models")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_convert(commands)
    _add_show(commands)
    _add_check(commands)
    _add_export(commands)
    _add_eval(commands)
    _add_annotations(commands)
    _add_bench(commands)
    _add_models(commands)
    _add_train(commands)
    return parser


def _add_convert(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from extraction.bulk.command import configure

    configure(commands)


def _add_show(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = commands.add_parser(
        "show",
        help="what a conversion found: a line a report, and what a person must look at",
        description="Lists the reports in OUT; with REPORT, the fields for review and the sums that do not hold in it.",
        epilog=_SHOW_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    show.add_argument("out", type=Path, metavar="OUT", help="folder of a conversion")
    show.add_argument("report", nargs="?", metavar="REPORT", help="path of one input, as the manifest names it")
    show.set_defaults(run=_show)


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from extraction.archive_command import configure

    configure(commands)


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from extraction.exports.command import configure

    configure(commands)


def _add_bench(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from eval.bench.command import configure

    bench = commands.add_parser("bench", help="seconds a page, beside whole-page OCR on the same pages")
    configure(bench)
    bench.set_defaults(run=_bench)


def _add_eval(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from eval.command import configure

    evaluate = commands.add_parser("eval", help="how right: a data set's documents beside their gold")
    configure(evaluate)
    evaluate.set_defaults(run=_eval)


def _add_annotations(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from annotations.command import configure

    annotations = commands.add_parser("annotations", help="gold: check it, draft it, exchange it, split it")
    configure(annotations)
    annotations.set_defaults(run=_annotations)


def _add_models(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from training.gate.command import configure

    models = commands.add_parser("models", help="the weights in use: verify, promote and roll back versions")
    configure(models)
    models.set_defaults(run=_models)


def _add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from training.command import configure

    train = commands.add_parser("train", help="train a network, on annotated reports too, and compare it")
    configure(train)
    train.set_defaults(run=_train)


def _show(parsed: argparse.Namespace) -> int:
    from extraction.show import show_archive, show_report

    return show_report(parsed.out, parsed.report) if parsed.report else show_archive(parsed.out)


def _eval(parsed: argparse.Namespace) -> int:
    from eval.command import run

    return run(parsed)


def _annotations(parsed: argparse.Namespace) -> int:
    from annotations.command import run

    return run(parsed)


def _bench(parsed: argparse.Namespace) -> int:
    from eval.bench.command import run

    return run(parsed)


def _models(parsed: argparse.Namespace) -> int:
    from training.gate.command import run

    return run(parsed)


def _train(parsed: argparse.Namespace) -> int:
    from training.command import run

    return run(parsed)
