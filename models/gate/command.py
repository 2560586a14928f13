"""`gouji models`: the weights in use, their versions, and the switch from one to another."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from models.versions import ENVIRONMENT, SHIPPED, read_state, store_folder, versions
from models.weights import Weights, WeightsError, of_version, shipped

DESCRIPTION = """\
Lists the weights and verifies their SHA-256; the version in use is marked *. Version 0 is shipped with Gouji and never
changes; trained versions are kept in a folder of the user.
"""

EPILOG = f"""\
examples:
  gouji models                           exit 0: every file is as recorded; 2: one is missing or differs
  gouji models promote RUN               use the weights of a run, if its comparison advises it
  gouji models promote RUN --force 'the new form matters more than old scans'
  gouji models rollback labeller         back to the version before
  gouji models rollback labeller --to 0  back to the shipped one
  gouji models history labeller          every switch, when and why

Versions are kept in {ENVIRONMENT}, else in the user's data folder (gouji/weights); `gouji --weights DIR COMMAND` names
another folder for one call. Conversions record their weights in OUT/run.json; with other weights, reports are read
again.

exit codes: 0 done; 1 refused, nothing changed; 2 the call is wrong, or weights are missing or damaged
"""


Words = Callable[..., str]
"""What is called with an English text and its values, and returns it in the language of the caller."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `gouji models`; each sets `step`, which `run` calls."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.set_defaults(step=_list)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    promote = commands.add_parser("promote", help="bring a run's weights into use, if its comparison says so")
    promote.add_argument("folder", type=Path, metavar="RUN", help="folder of gouji train")
    promote.add_argument("--force", metavar="REASON", help="even if it is refused; the reason is recorded")
    promote.set_defaults(step=_promote)
    rollback = commands.add_parser("rollback", help="bring the version before the one in use back into use")
    rollback.add_argument("name", metavar="NAME", help="labeller or digits")
    rollback.add_argument("--to", type=int, metavar="N", help="this version instead")
    rollback.set_defaults(step=_rollback)
    history = commands.add_parser("history", help="every switch of versions, when and why")
    history.add_argument("name", metavar="NAME", help="labeller or digits")
    history.set_defaults(step=_history)


def run(parsed: argparse.Namespace, messages: Words) -> int:
    """The exit code of the command. Raises WeightsError."""
    return int(parsed.step(parsed, messages))


def _list(parsed: argparse.Namespace, messages: Words) -> int:
    store, faults = store_folder(), 0
    for known in shipped():
        active = read_state(store, known.name).active
        for number, weights, fault in _each(known, store):
            faults += bool(fault) and number in (active, SHIPPED)
            mark, sha256 = "*" if number == active else " ", weights.sha256[:12] if weights else "?"
            state = fault or messages("verified")
            print(f"{mark} {known.name:18} {number:3}  {sha256:12}  {state:10}  {known.purpose} ({known.licence})")
        if active != SHIPPED and active not in versions(store, known.name):
            lost = messages("missing; gouji models rollback {name}", name=known.name)
            print(f"* {known.name:18} {active:3}  {lost}")
            faults += 1
    return 2 if faults else 0


def _each(known: Weights, store: Path) -> Iterator[tuple[int, Weights | None, str]]:
    """The versions of weights, the shipped one first, each with what is wrong with it, "" for nothing."""
    for number in (SHIPPED, *versions(store, known.name)):
        weights: Weights | None = None
        try:
            weights = of_version(known, number, store)
            weights.verified_path()
        except WeightsError as error:
            yield number, weights, str(error)
        else:
            yield number, weights, ""


def _promote(parsed: argparse.Namespace, messages: Words) -> int:
    from models.gate.promote import promote

    name, number = promote(parsed.folder, force=parsed.force)
    told = "{name}: version {number} is in use; gouji models rollback {name} brings back the one before"
    print(messages(told, name=name, number=number))
    return 0


def _rollback(parsed: argparse.Namespace, messages: Words) -> int:
    from models.gate.promote import rollback

    state = rollback(parsed.name, parsed.to)
    told = "{name}: version {number} is in use, {before} was"
    print(messages(told, name=parsed.name, number=state.active, before=state.history[-1].before))
    return 0


def _history(parsed: argparse.Namespace, messages: Words) -> int:
    for done in read_state(store_folder(), parsed.name).history:
        forced = "  " + messages("FORCED") if done.forced else ""
        print(f"{done.when}  {done.before} -> {done.after}{forced}  {done.reason}")
    return 0
