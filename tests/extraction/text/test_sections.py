"""Each test shows its input: the lines of a report, and the sections and paragraphs a person reads in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.document import Cell, Region, RegionKind, Span, Table, Tag
from extraction.forms.catalogue import sections
from extraction.geometry import Box
from extraction.text.sections import Text, read_text

PLAIN = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]
IDS = ["overview", "proactive", "applications", "review_litigation", "problems", "other"]


def flow(*lines: str, page: int | None = None) -> list[Region]:
    """Paragraphs of a format without positions."""
    return [Region(RegionKind.TEXT, (Span(line),), page=page) for line in lines]


def pages(*texts: list[str], width: float = 400.0) -> list[Region]:
    """Printed lines with positions: two leading full-width spaces indent, a line of 30 characters fills the width."""
    regions = []
    for number, lines in enumerate(texts, 1):
        for k, line in enumerate(lines):
            text = line.lstrip("　")
            left = 100 + 13.0 * (len(line) - len(text))
            box = Box(left, 80 + 20.0 * k, min(left + width / 30 * len(text), 100 + width), 92 + 20.0 * k)
            regions.append(Region(RegionKind.TEXT, (Span(text, number, box),), page=number))
    return regions


def found(text: Text) -> list[tuple[str, str]]:
    return [(s.id, s.title) for s in text.sections]


def paragraphs(text: Text) -> list[str]:
    return [p.text for p in text.paragraphs]


# ---- headings


def headed(line: str, tag: str, probability: float) -> list[tuple[str, str]]:
    """Sections of a scan whose second heading reads so, and which the classifier takes for that."""
    lines = [Span(PLAIN[0]), Span("全年工作按要求推进。"), Span(line, None, None, 0.6, (Tag(tag, probability),))]
    lines += [Span("主动公开各类信息若干条。"), Span(PLAIN[2])]
    return found(read_text([Region(RegionKind.TEXT, (line,)) for line in lines]))


def test_a_heading_half_illegible_is_found_where_the_classifier_is_sure_of_it() -> None:
    line = "二、王办公井攻府信息情"
    assert headed(line, "heading.proactive", 0.97) == [
        ("overview", PLAIN[0]),
        ("proactive", line),
        ("applications", PLAIN[2]),
    ]
    assert len(headed(line, "heading.proactive", 0.7)) == 2
    assert len(headed(line, "heading.other", 0.97)) == 2


def test_the_classifier_makes_no_heading_of_other_words() -> None:
    assert len(headed("全镇粮食喜获丰收", "heading.proactive", 0.99)) == 2


def test_the_classifier_makes_no_heading_of_a_part_of_a_section() -> None:
    assert len(headed("（一）王办公井攻府信息", "heading.proactive", 0.99)) == 2


def test_the_six_headings_of_the_form() -> None:
    lines = [
        line for k, heading in enumerate(PLAIN) for line in (heading, f"第{k}段的内容，写得略长一些，共有一句话。")
    ]
    text = read_text(flow("青峰区水利局2020年度报告", *lines))
    assert found(text) == list(zip(IDS, PLAIN, strict=True))
    assert [s.text for s in text.sections] == [f"第{k}段的内容，写得略长一些，共有一句话。" for k in range(6)]
    assert [p.text for p in text.head] == ["青峰区水利局2020年度报告"]


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("1、总体情况", "overview"),
        ("1.总体情况", "overview"),
        ("１、总体情况", "overview"),
        ("一 、 总 体 情 况", "overview"),
        ("一.总体情况", "overview"),
        ("总体情况", "overview"),
        ("一、总体情况。", "overview"),
        ("一、总体工作情况", "overview"),
        ("二、行政机关主动公开政府信息情况", "proactive"),
        ("二、行政机关主动公开政府信息的情况", "proactive"),
        ("2、主动公开政府信息情况", "proactive"),
        ("三、收到处理政府信息公开申请情况", "applications"),
        ("三、行政机关收到和处理政府信息公开申请情况", "applications"),
        ("1、收到和处理政府信息公开申请情况", "applications"),
        ("四、因政府信息公开工作被申请行政复议提起行政诉讼情况", "review_litigation"),
        ("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", "review_litigation"),
        ("四、政府信息公开行政复议行政诉讼情况", "review_litigation"),
        ("五、存在的主要问题及改进措施", "problems"),
        ("五、存在问题及改进情况", "problems"),
        ("五、政府信息公开工作存在的主要问题及改进情况", "problems"),
        ("六、其他需要报告的事项：", "other"),
        ("六、需要报告的其他事项", "other"),
    ],
)
def test_headings_as_agencies_print_them(heading: str, section: str) -> None:
    headings = [heading if i == section else plain for i, plain in zip(IDS, PLAIN, strict=True)]
    text = read_text(flow(*[line for h in headings for line in (h, "这里是一段正文，说的是当年的工作情况。")]))
    assert found(text) == list(zip(IDS, headings, strict=True))


def test_every_wording_of_the_catalogue_is_a_heading() -> None:
    for form in sections():
        for wording in (form.title, *form.wordings):
            assert found(read_text(flow(f"{form.number}、{wording}"))) == [(form.id, f"{form.number}、{wording}")]


def test_numbers_that_restart() -> None:
    headings = ["1、总体情况", "1、主动公开政府信息情况", "1、收到和处理政府信息公开申请情况"]
    assert [i for i, _ in found(read_text(flow(*headings)))] == IDS[:3]


SUB = [
    "（一）主动公开情况",
    "（二）依申请公开情况",
    "（三）政府信息管理情况",
    "（四）平台建设情况",
    "（五）监督保障情况",
]


def test_sub_headings_are_text_of_their_section() -> None:
    body = [line for heading in SUB for line in (heading, "本局按要求做好这一项工作，没有发生差错。")]
    text = read_text(flow(PLAIN[0], *body, *PLAIN[1:]))
    assert found(text) == list(zip(IDS, PLAIN, strict=True))
    assert text.sections[0].text == "\n".join(body)


@pytest.mark.parametrize(
    "sub", ["（一）主动公开情况", "(一)主动公开情况", "（1）主动公开情况", "（一） 主动公开政府信息情况"]
)
def test_a_sub_heading_never_passes_for_a_section_that_is_not_there(sub: str) -> None:
    text = read_text(flow(PLAIN[0], sub, "本局公开了一批文件，均在网站发布。", PLAIN[2], PLAIN[3]))
    assert [i for i, _ in found(text)] == ["overview", "applications", "review_litigation"]
    assert sub in text.sections[0].text


def test_a_sentence_about_a_section_is_no_heading() -> None:
    sentence = "本报告包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况等六个部分。"
    text = read_text(flow(sentence, *PLAIN))
    assert found(text) == list(zip(IDS, PLAIN, strict=True))
    assert [p.text for p in text.head] == [sentence]


def test_no_heading_at_all() -> None:
    text = read_text(flow("青峰区水利局通知公告栏目，本周更新三条消息。"))
    assert text.sections == ()
    assert len(text.head) == 1


def test_nothing_at_all() -> None:
    assert read_text([]) == Text((), (), ())


@pytest.mark.parametrize("between", ["", " ", "。", "："])
def test_a_heading_that_runs_on_into_its_text(between: str) -> None:
    body = "2024年青峰区水利局坚持把公开贯穿于工作的各个环节，取得了一定成效。"
    text = read_text(flow(f"一、总体情况{between}{body}", *PLAIN[1:]))
    assert found(text)[0] == ("overview", "一、总体情况")
    assert text.sections[0].text == body


def test_pages_and_tables() -> None:
    """A section starts on its heading's page; what stands in tables, figures and page furniture is no running text."""
    table = Region(RegionKind.TABLE, table=Table((Cell(0, 0, "一、总体情况"),)), page=2)
    furniture = Region(RegionKind.FURNITURE, (Span("- 2 -"),), page=2)
    text = read_text(
        [
            *flow(PLAIN[0], "第一部分的正文，讲的是全年的总体工作。", page=1),
            *flow(PLAIN[1], page=2),
            table,
            furniture,
            *flow(PLAIN[2], page=3),
        ]
    )
    assert [(s.id, s.page, s.text) for s in text.sections] == [
        ("overview", 1, "第一部分的正文，讲的是全年的总体工作。"),
        ("proactive", 2, ""),
        ("applications", 3, ""),
    ]


# ---- paragraphs


def test_flow_a_paragraph_goes_on_over_a_page_break() -> None:
    first = "本局在全年工作中按照上级部署稳步推进各项公开事项，并及时"
    text = read_text([*flow(first, page=1), *flow("回应群众关切，办理来信来电。", page=2)])
    assert paragraphs(text) == [first + "回应群众关切，办理来信来电。"]
    assert text.paragraphs[0].page == 1


@pytest.mark.parametrize("end", ["。", "；", "：", "！", "？"])
def test_flow_a_finished_sentence_ends_its_paragraph(end: str) -> None:
    lines = [f"本局在全年工作中按照上级部署稳步推进各项公开事项{end}", "下一段从这里开始，另起一行。"]
    assert paragraphs(read_text(flow(*lines))) == lines


def test_flow_a_numbered_line_starts_a_paragraph() -> None:
    lines = ["本局在全年工作中按照上级部署稳步推进各项公开事项以及", "（二）平台建设", "3.队伍建设"]
    assert paragraphs(read_text(flow(*lines))) == lines


def test_flow_a_short_line_stays_alone() -> None:
    lines = ["青峰区水利局", "本局在全年工作中按照上级部署稳步推进各项公开事项。"]
    assert paragraphs(read_text(flow(*lines))) == lines


def test_flow_headings_never_join_their_neighbours() -> None:
    lines = [
        "本局在全年工作中按照上级部署稳步推进各项公开事项，没有句号",
        "二、主动公开政府信息情况",
        "本局公开的信息有若干",
    ]
    assert paragraphs(read_text(flow(*lines))) == lines


LINE = "这是一行写满了整个版心宽度的正文文字它有三十个字不多也不少啊"
assert len(LINE) == 30


def test_printed_lines_are_joined_to_paragraphs() -> None:
    text = read_text(pages(["　　" + LINE[:28], LINE, "到此为止。", "　　" + LINE[:28], "又一段。"]))
    assert paragraphs(text) == [LINE[:28] + LINE + "到此为止。", LINE[:28] + "又一段。"]
    assert [len(p.lines) for p in text.paragraphs] == [3, 2]


def test_printed_lines_are_joined_over_a_page_break() -> None:
    text = read_text(pages(["　　" + LINE[:28], LINE], [LINE, "到此为止。", "　　" + LINE[:28]]))
    assert paragraphs(text) == [LINE[:28] + LINE + LINE + "到此为止。", LINE[:28]]
    assert [p.page for p in text.paragraphs] == [1, 2]


def test_lines_of_two_pages_on_one_sheet_are_joined_by_the_margins_of_each() -> None:
    line = "全年工作按年初的计划推进各项任务逐一对账办理情况按月通报，"
    one = pages([f"　　{line[2:]}", f"{line[:20]}办结。", f"　　{line[2:]}", line, f"{line[:20]}办结。"])
    other = [
        Region(RegionKind.TEXT, (replace(span, box=span.box._replace(left=700, right=700 + span.box.width)),), page=1)
        for region in one
        for span in region.spans
        if span.box
    ]
    found = paragraphs(read_text([*one, *other]))
    assert found == [f"{line[2:]}{line[:20]}办结。", f"{line[2:]}{line}{line[:20]}办结。"] * 2


def test_a_sentence_that_ends_at_the_margin_does_not_swallow_an_indented_paragraph() -> None:
    full = LINE[:29] + "。"
    text = read_text(pages(["　　" + LINE[:28], full, "　　" + LINE[:28], LINE]))
    assert paragraphs(text) == [LINE[:28] + full, LINE[:28] + LINE]


def test_a_printed_heading_stands_alone_between_full_lines() -> None:
    text = read_text(pages(["　　" + LINE[:28], LINE, "二、主动公开政府信息情况", LINE, LINE]))
    assert paragraphs(text) == [LINE[:28] + LINE, "二、主动公开政府信息情况", LINE + LINE]


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("本局在全年推进公开工作中使用了新的办公系统名为 open", "source 平台，运行正常。", "open source 平台"),
        ("本局在全年推进公开工作中一共办理了来信来电事项数量为", "12件，全部办结。", "数量为12件"),
        ("本局在全年推进公开工作中一共办理了来信来电事项共计1", "2件，全部办结。", "共计12件"),
    ],
)
def test_chinese_and_figures_are_joined_without_a_space(left: str, right: str, joined: str) -> None:
    (paragraph,) = read_text(flow(left, right)).paragraphs
    assert joined in paragraph.text


def table_of(*texts: str) -> Region:
    cells = tuple(Cell(r, 0, text, page=1, box=Box(70, 90 + 20 * r, 500, 108 + 20 * r)) for r, text in enumerate(texts))
    return Region(RegionKind.TABLE, table=Table(cells, 1, Box(70, 90, 500, 300)), page=1, box=Box(70, 90, 500, 300))


SWALLOWED = table_of("5733", "泠港省民政厅2021年政府信息公开工作年度报告", "行政许可")


def test_a_title_that_streaks_have_made_a_table_of() -> None:
    text = read_text([SWALLOWED])
    assert [p.text for p in text.head] == ["泠港省民政厅2021年政府信息公开工作年度报告"]


def test_a_title_in_a_table_beside_one_in_the_text() -> None:
    """An index of the web page."""
    line = Span("泠港省民政厅2021年年度报告", 1, Box(100, 60, 400, 80))
    text = read_text([SWALLOWED, Region(RegionKind.TEXT, (line,), page=1, box=line.box)])
    assert [p.text for p in text.head] == [line.text]
