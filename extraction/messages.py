"""What Gouji says to people, in English or Chinese.

The program's texts are English, with named places for values: `{path}: there is no such file or folder`. The Chinese of
each is in `messages.toml`, the one table; what is not in it is said in English.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_REMARK = re.compile(r"(?:^|(?<=  ))\S(?:(?!  ).)*$")  # what follows the last two spaces of a line


class Language(StrEnum):
    """The languages that people are spoken to in."""

    ENGLISH = "en"
    CHINESE = "zh"


class Text(str):
    """A value of a message that is itself a text of the table, for example a kind of file."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Messages:
    """The texts of one language; without a table they are the English ones."""

    table: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        """The language they are in."""
        return Language.CHINESE if self.table else Language.ENGLISH

    def __call__(self, text: str, **values: object) -> str:
        """`text` in this language, its places filled with `values`. Without values, braces stand for themselves."""
        told = self.table.get(text, text)
        if not values:
            return told
        return told.format(**{name: self(v) if isinstance(v, Text) else v for name, v in values.items()})

    def page(self, text: str) -> str:
        """A help text in this language: paragraph by paragraph where the table has the paragraph on one line, else line
        by line, and of a line what follows the last two spaces (the remark beside an example)."""
        return "\n\n".join(map(self._paragraph, text.split("\n\n"))) if self.table else text

    def _paragraph(self, text: str) -> str:
        whole = " ".join(text.split())
        if whole in self.table:
            return self.table[whole]
        return "\n".join(_REMARK.sub(lambda found: self(found[0]), line) for line in text.split("\n"))

    def retold(self, text: str) -> str:
        """An English text with its values in it, of argparse or `models`, in this language; the table has `{}` where
        values stand."""
        for template, told in self.table.items():
            if "{}" in template and (found := re.fullmatch(re.escape(template).replace(r"\{\}", "(.+?)"), text)):
                return told.format(*found.groups())
        return self(text)


def messages_in(language: Language) -> Messages:
    """The texts of a language."""
    if language is Language.ENGLISH:
        return Messages()
    sections = tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))
    return Messages({english: chinese for texts in sections.values() for english, chinese in texts.items()})


def language_of(environment: Mapping[str, str], system: str | None = None) -> Language:
    """The language that the locale names in an environment; `system` is the locale where no variable names one."""
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    named = next(filter(None, names), system) or ""
    return Language.CHINESE if named.startswith(("zh", "Chinese")) else Language.ENGLISH
