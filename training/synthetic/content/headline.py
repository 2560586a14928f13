"""The head of a report: red header, document number, index table, title, organization and year."""

from __future__ import annotations

from collections.abc import Collection
from random import Random

from extraction.forms.printed_form import FormCell, FormTable
from training.synthetic.content.agencies import Agency
from training.synthetic.content.draft import Paragraph, Run


def printed_organization(agency: Agency, on: Collection[str]) -> str:
    """Return the agency's name as the report prints it."""
    return agency.short if "organization_shortened" in on else agency.name


def draw_title(rng: Random, organization: str, year: int, on: Collection[str]) -> tuple[Paragraph, ...]:
    """Return the title over one line or two, none where the report has none."""
    if "title_none" in on:
        return ()
    name, number = Run(organization, "organization"), Run(str(year), "year")
    kind = "报告" if "title_without_year_word" in on else "年度报告"
    work = "" if "title_without_work" in on else "工作"
    era = "年度" if "title_year_twice" in on else "年"
    runs: tuple[Run, ...]
    if "title_year_first" in on:
        runs = (number, Run(era, "title"), name, Run(f"政府信息公开{work}{kind}", "title"))
    else:
        runs = (name, number, Run(f"{era}政府信息公开{work}{kind}", "title"))
    if "title_two_lines" not in on:
        return (Paragraph(runs, "title"),)
    *before, last = runs
    first: tuple[Run, ...]
    second: tuple[Run, ...]
    if last.text.startswith(era) or rng.random() < 0.5:
        at = last.text.rindex(kind)
        first, second = (*before, Run(last.text[:at], "title")), (Run(last.text[at:], "title"),)
    else:
        first, second = tuple(before), (last,)
    if "title_year_first" not in on and rng.random() < 0.5:
        first, second = (name,), (number, last)
    return Paragraph(first, "title"), Paragraph(second, "title")


def draw_head(rng: Random, agency: Agency, year: int, on: Collection[str]) -> list[Paragraph | FormTable]:
    """Return the parts above the title."""
    head: list[Paragraph | FormTable] = []
    number = f"{agency.short[0]}{agency.short[2]}发〔{year + 1}〕{rng.randint(1, 60)}号"
    if "index_table" in on:
        head.append(_index_table(rng, agency, year, number))
    if "red_header" in on:
        head.append(Paragraph((Run(f"{agency.name}文件" if rng.random() < 0.6 else agency.name),), "red_head"))
    if "document_number" in on:
        head.append(Paragraph((Run(number),), "number"))
    return head


def _index_table(rng: Random, agency: Agency, year: int, number: str) -> FormTable:
    """Return 索引号, 文号, 发布日期: the table that a web page puts before a document."""
    date = f"{year + 1}-01-{rng.randint(10, 31)}"
    lines = (
        (
            ("索引号：", f"{rng.randint(10**7, 10**8 - 1)}/{year + 1}-{rng.randint(1, 999):05d}"),
            ("信息分类：", "年度报告"),
        ),
        (("发布机构：", agency.short), ("发布日期：", date)),
        (("文　　号：", number if rng.random() < 0.6 else "无"), ("主 题 词：", "")),
    )
    rows = tuple(
        tuple(cell for name, text in line for cell in (FormCell(name, kind="label"), FormCell(text, kind="value")))
        for line in lines
    )
    return FormTable("index", (0.15, 0.35, 0.15, 0.35), rows, ("",) * len(rows))
