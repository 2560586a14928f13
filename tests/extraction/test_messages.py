"""One table has the Chinese of what Gouji says: complete for what clerks use, and without what nobody says."""

from __future__ import annotations

import argparse
import ast
import os
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from extraction.cli import COMMANDS, _parser
from extraction.messages import Language, Messages, Text, language_of, messages_in

ROOT = Path(__file__).parents[2]
CLERKS = ("convert", "show", "check", "export", "serve", "users", "reviews", "backup", "restore", "models")
"""Commands whose whole help is in Chinese; of the others, what they are for."""

CHINESE = messages_in(Language.CHINESE)


def test_english_is_said_as_it_is_written() -> None:
    said = messages_in(Language.ENGLISH)
    assert (
        said("{path}: there is no such file or folder", path="a{b}.pdf") == "a{b}.pdf: there is no such file or folder"
    )
    assert said("a brace { alone") == "a brace { alone"
    assert (
        said.page("examples:\n  gouji show out    a line a report\n")
        == "examples:\n  gouji show out    a line a report\n"
    )


def test_chinese_is_looked_up_and_filled() -> None:
    assert CHINESE("{path}: there is no such file or folder", path="a{b}.pdf") == "a{b}.pdf：没有这个文件或文件夹"
    assert CHINESE("what nobody ever says: {x}", x=1) == "what nobody ever says: 1"


def test_a_value_is_translated_only_where_it_is_a_text() -> None:
    said = Messages({"the file is {kind}": "这是{kind}", "a picture": "图片"})
    assert said("the file is {kind}", kind=Text("a picture")) == "这是图片"
    assert said("the file is {kind}", kind="a picture") == "这是a picture"


def test_a_page_is_told_by_paragraphs_lines_and_remarks() -> None:
    said = Messages({"examples:": "示例：", "one report": "一份报告", "It goes on where it was.": "接着做。"})
    page = "examples:\n  gouji convert one report    one report\n  gouji convert x\n\nIt goes on\nwhere it was.\n"
    assert said.page(page) == "示例：\n  gouji convert one report    一份报告\n  gouji convert x\n\n接着做。"


def test_a_text_of_argparse_is_told_with_its_values() -> None:
    assert CHINESE.retold("unrecognized arguments: a b") == "无法识别的参数：a b"
    assert CHINESE.retold("something else") == "something else"


@pytest.mark.parametrize(
    ("environment", "system", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, None, Language.CHINESE),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, None, Language.CHINESE),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, None, Language.ENGLISH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, None, Language.CHINESE),
        ({}, "Chinese (Simplified)_China", Language.CHINESE),
        ({}, None, Language.ENGLISH),
        ({"LANG": "C"}, "zh_CN", Language.ENGLISH),
    ],
)
def test_the_locale_names_the_language(environment: dict[str, str], system: str | None, language: Language) -> None:
    assert language_of(environment, system) is language


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("english", sorted(CHINESE.table))
def test_both_languages_have_the_same_values(english: str) -> None:
    chinese = CHINESE.table[english]
    if "{}" in english:  # told with the values in any order, or without some
        assert places(chinese) <= {str(n) for n in range(english.count("{}"))}
    else:
        assert places(english) == places(chinese)
        assert english.count("%(default)s") == chinese.count("%(default)s")


def helped(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every text that the help of a parser and its sub-commands shows."""
    yield from filter(None, (parser.description, parser.epilog))
    yield from (group.title for group in parser._action_groups if group.title)
    for action in parser._actions:
        if action.help:
            yield action.help
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from helped(command)


def untold(text: str) -> list[str]:
    """The lines of a help text that have no Chinese, other than examples without a remark."""
    remarks = [re.split(r"  +", line.strip())[-1] for line in CHINESE.page(text).split("\n")]
    foreign = [remark for remark in remarks if remark and not re.search(r"[\u4e00-\u9fff]", remark)]
    return [remark for remark in foreign if not remark.startswith(("gouji ", "GOUJI_")) and remark not in TOLD]


TOLD = set(CHINESE.table.values())
"""Chinese texts without a Chinese character are as good as any."""


@pytest.mark.parametrize("command", CLERKS)
def test_the_help_of_what_clerks_use_is_chinese(command: str) -> None:
    (commands,) = (a for a in _parser([command])._actions if isinstance(a, argparse._SubParsersAction))
    assert [line for text in helped(commands.choices[command]) for line in untold(text)] == []


def test_every_command_says_in_chinese_what_it_is_for() -> None:
    assert [says for _, says in COMMANDS.values() if says not in CHINESE.table] == []


@cache
def said() -> set[str]:
    """Every text that the program has: constants, their paragraphs, lines and remarks; argparse's; the system's."""
    texts = {os.strerror(number) for number in range(1, 134)}
    ours = ("extraction", "models", "service", "annotations", "eval", "training")
    files = [Path(argparse.__file__), *(file for package in ours for file in (ROOT / package).rglob("*.py"))]
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))):
        match node:
            case ast.Constant(value=str(text)):
                texts.add(text)
            case ast.JoinedStr(values=parts):
                texts.add("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts))
            case ast.ClassDef(name=name):
                texts.add(name)
            case _:
                pass
    paragraphs = {paragraph for text in texts for paragraph in text.split("\n\n")}
    lines = {line.strip() for paragraph in paragraphs for line in paragraph.split("\n")}
    remarks = {re.split(r"  +", line)[-1] for line in lines}
    return {bare(text) for text in texts | {" ".join(p.split()) for p in paragraphs} | lines | remarks}


def bare(text: str) -> str:
    """A text without the names of its places."""
    return re.sub(r"\{[^}]*\}|%\(\w+\)[sr]|%[sr]", "{}", text)


def test_the_table_has_no_text_that_nobody_says() -> None:
    named = {bare(text.replace("GOUJI_WEIGHTS", "{}")): text for text in CHINESE.table}
    # argparse names the argument before it says what is wrong with it, and the kind of a value within
    told = said() | {f"argument {{}}: {text}" for text in said()}
    kinds = {"argument {}: invalid int value: {}", "argument {}: invalid float value: {}"}
    assert {text for shape, text in named.items() if shape not in told} == kinds
