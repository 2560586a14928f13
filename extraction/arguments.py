"""Parsers of arguments whose help and errors are in the language of their messages."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from functools import partial
from typing import Any, NoReturn

from extraction.messages import Messages


class Parser(argparse.ArgumentParser):
    """An argparse parser that shows its texts, and argparse's own, in the language of `messages`.

    Commands declare their arguments in English; parsers of sub-commands speak as their parent does.
    """

    def __init__(self, *, messages: Messages, **given: Any) -> None:
        self.messages = messages
        super().__init__(**{"formatter_class": partial(_Help, messages), **given})

    def add_subparsers(self, **given: Any) -> Any:
        """As argparse does, with parsers of this kind."""
        return super().add_subparsers(**{"parser_class": partial(Parser, messages=self.messages), **given})

    def error(self, message: str) -> NoReturn:
        """Print the usage and what is wrong with the call, and exit with 2."""
        self.print_usage(sys.stderr)
        why = self.messages.retold(message)
        self.exit(2, self.messages("{program}: error: {why}", program=self.prog, why=why) + "\n")


class _Help(argparse.RawDescriptionHelpFormatter):
    """Texts as their author broke them, in the language of the messages."""

    def __init__(self, messages: Messages, prog: str, **given: Any) -> None:
        super().__init__(prog, **given)
        self._messages = messages

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, self._messages("usage: ") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section(heading and self._messages(heading))

    def add_text(self, text: str | None) -> None:
        super().add_text(text and self._messages.page(text))

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help and self._messages(action.help)

    def _split_lines(self, text: str, width: int) -> list[str]:
        if text.isascii():
            return super()._split_lines(text, width)
        from rich.cells import cell_len  # Chinese characters are two columns wide, and break anywhere

        lines = [""]
        for word in re.findall(r"[!-~]+ *|.[，。；：、）]*", text):
            if cell_len(lines[-1]) + cell_len(word.rstrip()) > width:
                lines.append("")
            lines[-1] += word
        return lines
