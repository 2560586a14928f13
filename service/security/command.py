"""`gouji users`: accounts of the service, their roles, passwords and tokens."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from extraction.errors import UsageError
from extraction.messages import Messages
from service.store_arguments import add_store_arguments, open_store

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_EPILOG = """\
examples:
  gouji users add zhang --role reviewer          asks for the password
  gouji users add harvest --role viewer --no-password
  gouji users token harvest --label 'nightly export' --days 90      shows the token, this once
  gouji users list
  gouji users change zhang --role admin          or --password; ends the sessions of zhang
  gouji users revoke 3                           the token with this number
  gouji users disable zhang

Roles: a viewer reads and exports, a reviewer also uploads and reviews, an admin also deletes, trains and promotes.
With the first account everybody has to log in, on this machine too. A password that is not typed is read from standard
input. --data and --settings are those of gouji serve.
"""

ROLES = ("viewer", "reviewer", "admin")


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments; each sub-command sets `step`."""
    parser.description = "Manages the accounts of the service."
    parser.epilog = _EPILOG
    place = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    add_store_arguments(place)
    add_store_arguments(parser)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, says: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=says, parents=[place])

    add = command("add", "a new account")
    add.add_argument("name")
    add.add_argument("--role", choices=ROLES, required=True)
    add.add_argument("--no-password", action="store_true", help="for a program, which uses tokens")
    add.set_defaults(step=_add)

    listed = command("list", "accounts and their tokens")
    listed.set_defaults(step=_list)

    change = command("change", "another role or password")
    change.add_argument("name")
    change.add_argument("--role", choices=ROLES)
    change.add_argument("--password", action="store_true", help="asks for the new one")
    change.set_defaults(step=_change)

    disable = command("disable", "end an account, its sessions and its tokens")
    disable.add_argument("name")
    disable.set_defaults(step=_disable)

    token = command("token", "a new token for a program")
    token.add_argument("name")
    token.add_argument("--label", default="", help="what it is for")
    token.add_argument("--days", type=int, default=365, metavar="N", help="until it expires (default 365)")
    token.set_defaults(step=_token)

    revoke = command("revoke", "end a token")
    revoke.add_argument("token", type=int, metavar="NUMBER", help="of gouji users list")
    revoke.set_defaults(step=_revoke)


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Run the sub-command. Raises UsageError."""
    return int(parsed.step(parsed, messages))


@contextmanager
def _recorded_session(parsed: argparse.Namespace) -> Iterator[Session]:
    """A session of the store, whose changes are recorded as made by the user who runs the command."""
    with open_store(parsed) as (_, store):
        from service.store.audit import Actor, acting

        with acting(Actor(f"{getpass.getuser()} (gouji users)")), store.writing() as session:
            yield session


def _add(parsed: argparse.Namespace, messages: Messages) -> int:
    from service.security.accounts import add_user
    from service.security.roles import Role

    password = None if parsed.no_password else _asked()
    with _recorded_session(parsed) as session:
        add_user(session, parsed.name, Role(parsed.role), password)
    print(messages("added {name}, {role}", name=parsed.name, role=parsed.role))
    return 0


def _change(parsed: argparse.Namespace, messages: Messages) -> int:
    from service.security.accounts import change_user
    from service.security.roles import Role

    if parsed.role is None and not parsed.password:
        raise UsageError("nothing to change: --role ROLE or --password")
    password = _asked() if parsed.password else None
    with _recorded_session(parsed) as session:
        user = change_user(session, parsed.name, role=Role(parsed.role) if parsed.role else None, password=password)
        print(messages("{name} is {role} now, and has to log in again", name=user.name, role=user.role))
    return 0


def _disable(parsed: argparse.Namespace, messages: Messages) -> int:
    from service.security.accounts import disable_user

    with _recorded_session(parsed) as session:
        disable_user(session, parsed.name)
    print(messages("{name} is disabled", name=parsed.name))
    return 0


def _token(parsed: argparse.Namespace, messages: Messages) -> int:
    from service.security.accounts import add_token

    if parsed.days < 1:
        raise UsageError("--days takes a number of at least 1")
    with _recorded_session(parsed) as session:
        token = add_token(session, parsed.name, parsed.label, timedelta(days=parsed.days))
    print(token)
    print(messages("this token is not shown again; send it as: Authorization: Bearer TOKEN"), file=sys.stderr)
    return 0


def _revoke(parsed: argparse.Namespace, messages: Messages) -> int:
    from service.security.accounts import revoke_token

    with _recorded_session(parsed) as session:
        revoke_token(session, parsed.token)
    print(messages("token {number} is revoked", number=parsed.token))
    return 0


def _list(parsed: argparse.Namespace, messages: Messages) -> int:
    from service.security.accounts import tokens_of, users

    with _recorded_session(parsed) as session:
        for user in users(session):
            state = "disabled {day}" if user.disabled else "since {day}"
            since = messages(state, day=_day(user.disabled or user.created))
            lacking = "" if user.password_hash else "  " + messages("no password")
            print(f"{user.name:20} {user.role:9} {since}{lacking}")
            for token in tokens_of(session, user):
                ends = "revoked {day}" if token.revoked else "until {day}"
                told = messages("token {number:<4}", number=token.id)
                print(f"  {told} {messages(ends, day=_day(token.revoked or token.expires))}  {token.label}".rstrip())
    return 0


def _day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d") if moment else "ever"


def _asked() -> str:
    """A password typed twice, or a line of standard input where that is not a terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("password: ")
    if getpass.getpass("again: ") != password:
        raise UsageError("the two passwords differ; nothing was changed")
    return password
