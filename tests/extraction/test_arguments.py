"""Parsers whose help and errors are in the language of their messages."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from extraction.arguments import Parser
from extraction.messages import Language, Messages, messages_in


def parser(messages: Messages) -> Parser:
    made = Parser(messages=messages, prog="gouji", description="Serves uploads, results and the review desk over HTTP.")
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")
    backup = commands.add_parser("backup", help="all that the service keeps, in one file", epilog="examples:\n")
    backup.add_argument("--days", type=int, help="until it expires (default 365)")
    return made


def test_help_is_in_the_language_of_the_messages() -> None:
    chinese = parser(messages_in(Language.CHINESE)).format_help()
    assert "用法：gouji" in chinese
    assert "显示本说明并退出" in chinese
    assert "把服务保存的全部内容备份为一个文件" in chinese
    english = parser(Messages()).format_help()
    assert "usage: gouji" in english
    assert english.isascii()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([], "缺少参数：COMMAND"),
        (["backup", "--days"], "参数 --days 后面要跟一个值"),
        (["backup", "--days", "x"], "参数 --days 要求整数，而不是 'x'"),
        (["none"], "没有 'none' 这个选择"),
    ],
)
def test_errors_of_sub_commands_too(given: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parser(messages_in(Language.CHINESE)).parse_args(given)
    assert stop.value.code == 2
    assert why in capsys.readouterr().err


def test_chinese_help_is_broken_at_the_width_of_its_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    made = Parser(messages=Messages({"long": "报告中的数字" * 20 + " fields.parquet"}), prog="gouji")
    made.add_argument("--long", help="long")
    lines = made.format_help().splitlines()
    assert max(map(cell_len, lines)) <= 60
    assert "fields.parquet" in lines[-1]
