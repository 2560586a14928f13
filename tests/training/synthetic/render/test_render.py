"""The renderers: what the text layer says at every place of small reports of many looks, rules, breaks, sameness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest

from extraction.document import Report, Source
from extraction.forms.printed_form import Departures, FormTable, field_ids, tables
from extraction.geometry import Box
from tests.shared import Shared
from tests.system import skip_without
from training.synthetic.content.draft import Draft, Key, Look, Paragraph, Place, Rendered, Run, Style
from training.synthetic.fonts import FONTS, PACKAGES, Split, font_file
from training.synthetic.render import RENDERERS, SPLIT_RENDERERS
from training.synthetic.render.check import Unsound, items, sound, text_faults
from training.synthetic.render.colour_coding import item_colours
from training.synthetic.render.libreoffice import render_libreoffice_batch
from training.synthetic.render.measure import Face, wrapped
from training.synthetic.render.textlayer import plain
from training.synthetic.render.verify import grid_line_faults

SPLIT_OF = {engine: split for split, engines in SPLIT_RENDERERS.items() for engine in engines}
PROGRAMS = {"chromium": ["chromium"], "libreoffice": ["soffice"]}
LOOKS: dict[Split, Look] = {
    "train": Look("Noto Serif CJK SC", "Noto Sans CJK SC", "LXGW WenKai", "Liberation Serif"),
    "dev": Look("TW-Sung", "WenQuanYi Zen Hei", "TW-Kai", "DejaVu Serif"),
    "test": Look("FandolFang R", "FandolHei", "FandolSong", "TeX Gyre Termes"),
}
VARIED = (
    {"rules": "black", "size": 14, "row_height": 22},
    {"rules": "grey", "band": "#d9e2f3", "vertical": "wide", "repeat_header": True, "margin": 60, "row_height": 34},
    {"rules": "hairline", "break_before": ("applications",), "size": 12, "table_size": 8, "page_number": "第 # 页"},
    {"rules": "coloured", "leading": 1.4, "margin": 54, "page_number": ""},
    {"rules": "none", "band": "#fff2cc", "table_size": 10.5, "row_height": 17},
)

NUMBERS = [0, 1, 2, *(pytest.param(number, marks=pytest.mark.slow) for number in range(3, len(VARIED)))]
"""Of looks; those of the tests below are tried by the fast tests."""


@pytest.fixture(params=tuple(RENDERERS))
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine whose program and fonts are installed."""
    name = str(request.param)
    needs(name)
    return name


def needs(name: str) -> None:
    skip_without(programs=PROGRAMS.get(name, ()), fonts=[SPLIT_OF[name]])


def draft_of(split: Split, number: int = 0, texts: dict[str, str] | None = None, **look: object) -> Draft:
    """A report with all three tables and figures of every kind; `texts` replaces the intro and the values by name."""
    template = ("2021", "2019")[number % 2]
    kinds = ("0", "", "12", "-3", "11398889", "/", "无")
    printed = {field: kinds[at % len(kinds)] for at, field in enumerate(field_ids(template))}
    departures = Departures(labels={"本年制发件数": "本年制\n发件数", "规章": "规 章"})
    parts: list[Paragraph | FormTable] = [
        paragraph("red_head", "虚川县人民政府文件"),
        paragraph("number", "虚政发〔2023〕15号"),
        paragraph("title", "虚川县人民政府", "organization"),
        Paragraph((Run("2022", "year"), Run("年政府信息公开工作年度报告")), "title"),
        paragraph(
            "intro", (texts or {}).get("intro", "依照条例编制，联系电话：0000-1234567，“虚川县政府”网站可查。" * 3)
        ),
        paragraph("heading", "一、总体情况", "heading.overview"),
        Paragraph(
            (
                Run("全年公开信息"),
                Run("1234", "narrative.a"),
                Run("条，收到申请"),
                Run("8"),
                Run("件。" + "已答复。" * 60),
            )
        ),
    ]
    for numeral, table in zip("二三四", tables(template, printed, departures), strict=True):
        parts.append(paragraph("heading", f"{numeral}、表格情况", f"heading.{table.section}"))
        parts.append(table)
        parts.append(paragraph("note", "注：统计数据截至年底。"))
    parts.append(paragraph("text", "一是不够主动，二是不够丰富，将逐项改进。" * 20))
    report = Report(Source("x.pdf", "", "application/pdf", None), None, None, None, None)
    return Draft(f"{split}-{number}", tuple(parts), replace(LOOKS[split], **look), report, number)  # type: ignore[arg-type]


def paragraph(style: Style, text: str, label: str = "") -> Paragraph:
    return Paragraph((Run(text, label),), style)


@pytest.fixture(scope="module")
def rendered(shared: Shared) -> Callable[[str, int], tuple[Draft, Rendered]]:
    """A varied draft as an engine prints it, printed once; LibreOffice's all in one start."""

    def render(engine: str, number: int) -> tuple[Draft, Rendered]:
        drafts = [draft_of(SPLIT_OF[engine], n, **look) for n, look in enumerate(VARIED)]
        if engine == "libreoffice":
            every = shared.once("drafts by libreoffice", lambda: list(render_libreoffice_batch(drafts)))
            return drafts[number], every[number]
        name = f"draft {number} by {engine}"
        return drafts[number], shared.once(name, lambda: RENDERERS[engine](drafts[number]))

    return render


@pytest.mark.parametrize("number", NUMBERS)
def test_the_text_layer_at_every_place_is_what_was_to_be_printed(
    engine: str, number: int, rendered: Callable[[str, int], tuple[Draft, Rendered]]
) -> None:
    draft, result = rendered(engine, number)
    assert set(result.places) == {key for key, _ in items(draft)}
    assert text_faults(draft, result) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_rules_border_every_cell(
    engine: str, number: int, rendered: Callable[[str, int], tuple[Draft, Rendered]]
) -> None:
    draft, result = rendered(engine, number)
    assert grid_line_faults(draft, result) == []


def test_no_two_cells_of_a_table_overlap(engine: str, rendered: Callable[[str, int], tuple[Draft, Rendered]]) -> None:
    draft, result = rendered(engine, 0)
    for number, part in enumerate(draft.parts):
        if isinstance(part, FormTable):
            cells = [place for item, _ in enumerate(part.placed()) for place in result.places[Key(number, item)]]
            for at, one in enumerate(cells):
                others = [other for other in cells[at + 1 :] if other.page == one.page]
                assert all(one.box.overlap(other.box) < 0.5 for other in others), one


def test_a_moved_box_is_found_out(engine: str, rendered: Callable[[str, int], tuple[Draft, Rendered]]) -> None:
    draft, result = rendered(engine, 0)
    key = next(key for key, text in items(draft) if text == "12")
    (place,) = result.places[key]
    moved = Box(place.box.left, place.box.top + 7, place.box.right, place.box.bottom + 7)
    wrong = replace(result, places={**result.places, key: (Place(place.page, moved),)})
    assert {fault.key for fault in grid_line_faults(draft, wrong)} == {key}
    shifted = replace(result, places={**result.places, key: result.places[Key(key.part, key.item - 1)]})
    assert [fault.key for fault in text_faults(draft, shifted)] == [key]
    with pytest.raises(Unsound, match="12"):
        sound(draft, shifted)


def test_a_section_starts_its_page_and_pages_are_numbered(
    engine: str, rendered: Callable[[str, int], tuple[Draft, Rendered]]
) -> None:
    draft, result = rendered(engine, 2)
    heading = next(n for n, p in enumerate(draft.parts) if isinstance(p, Paragraph) and p.text.startswith("三、"))
    (place,) = result.places[Key(heading, 0)]
    before = max(p.page for key, found in result.places.items() if key.part < heading for p in found)
    assert place.page == before + 1
    assert place.box.top < draft.look.margin + 2 * draft.look.size
    document = pypdfium2.PdfDocument(result.pdf)
    for number, page in enumerate(document, 1):
        assert page.get_size() == pytest.approx((595.3, 841.9), abs=1)
        assert f"第{number}页" in plain(page.get_textpage().get_text_bounded())


def test_a_cell_over_a_page_break_has_a_place_on_each_page(
    engine: str, rendered: Callable[[str, int], tuple[Draft, Rendered]]
) -> None:
    """三、本年度办理结果 spans twenty rows and more, which no page of look 1 holds."""
    draft, result = rendered(engine, 1)
    key = next(key for key, text in items(draft) if text == "三、本年度办理结果")
    pages = [place.page for place in result.places[key]]
    assert len(pages) >= 2
    assert pages == list(range(pages[0], pages[0] + len(pages)))


@pytest.mark.slow
def test_a_draft_is_rendered_alike_each_time(engine: str) -> None:
    draft = draft_of(SPLIT_OF[engine], 1)
    one, other = RENDERERS[engine](draft), RENDERERS[engine](draft)
    assert one.places == other.places
    if engine == "libreoffice":  # numbers its fonts otherwise each time
        assert drawn(one.pdf) == drawn(other.pdf)
    else:
        assert one.pdf == other.pdf


def drawn(pdf: bytes) -> list[bytes]:
    """The pixels of each page."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=1).to_numpy().tobytes() for page in document]


def test_splits_share_neither_fonts_nor_engines() -> None:
    families = [set(stock.families) for stock in FONTS.values()]
    engines = [set(names) for names in SPLIT_RENDERERS.values()]
    for groups in (families, engines):
        assert sum(map(len, groups)) == len(set().union(*groups))
    assert set().union(*families) == set(PACKAGES)
    assert set().union(*engines) == set(RENDERERS)


def test_an_unknown_font_is_missing() -> None:
    with pytest.raises(FileNotFoundError, match="Nonesuch"):
        font_file("Nonesuch Song")


def test_marks_are_colours_of_their_own() -> None:
    draft = draft_of("train", band="#d9e2f3", rules="coloured")
    colours = item_colours(draft)
    assert len(set(colours.values())) == len(colours) == sum(1 for _ in items(draft))
    assert not {"#000000", "#ffffff", "#d9e2f3", "#3a6ea5"} & set(colours.values())


def test_lines_break_where_chinese_may() -> None:
    needs("reportlab")
    face = Face("TW-Sung", "TW-Sung", 10)
    text = "一二三四，五六（七）1234567八\n九"
    lines = [text[line.start : line.end] for line in wrapped(text, face, 40)]
    assert "".join(lines) == text.replace("\n", "")
    assert lines[-1] == "九"
    assert not any(line[0] in "，）" or line[-1] == "（" for line in lines)
    assert all(line.width <= 40 for line in wrapped(text, face, 40))
    assert len(wrapped("1234567", face, 12)) > 1, "a figure wider than its column breaks"
