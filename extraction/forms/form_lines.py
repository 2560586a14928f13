"""A national form as the lines that it prints: block titles, headers, groups and data rows, from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from extraction.forms.catalogue import Block, Row, Template
from extraction.forms.label_tags import tag_of
from extraction.forms.printed_form import header_rows


class LineKind(Enum):
    """What a line of the form is."""

    TITLE = auto()  # 第二十条第（一）项
    HEADER = auto()  # 信息内容 | 本年制发件数 | …
    GROUP = auto()  # （三）不予公开, printed as a row of its own
    DATA = auto()


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line of a national form, with every wording of it."""

    kind: LineKind
    block: Block
    wordings: tuple[str, ...]
    row: Row | None = None

    @property
    def tag(self) -> str:
        """What the token classifier calls the line's own label; "" for a header, whose cells are several things."""
        if self.kind is LineKind.HEADER:
            return ""
        if self.kind is LineKind.TITLE:
            return tag_of(f"block.{self.block.id}")
        if self.row is None:
            return f"group.{self.wordings[0]}"
        return tag_of(f"row.{self.block.id}.{self.row.id}")


def form_lines(form: Template) -> list[FormLine]:
    """The lines of a form from top to bottom, the other form's variants of a row among them."""
    lines: list[FormLine] = []
    for block in form.blocks:
        if block.titled:
            lines.append(FormLine(LineKind.TITLE, block, (block.table,)))
        texts = ["".join(cell.text for cell in row) for row in header_rows(block)]
        lines += [FormLine(LineKind.HEADER, block, (text,)) for text in (block.corner + texts[0], *texts[1:])]
        group = ""
        for row in block.rows:
            if row.group and row.group != group:
                lines.append(FormLine(LineKind.GROUP, block, (row.group,)))
            group = row.group
            lines.append(FormLine(LineKind.DATA, block, (row.label, *row.wordings), row))
    return lines
