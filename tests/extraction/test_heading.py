"""Title, organization and year, from what real reports do to them (the agencies are invented)."""

import pytest

from extraction.document import Region, RegionKind, Span
from extraction.heading import Heading, read_heading
from extraction.sections import read_text

PERIOD = "本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。"


def heading(*paragraphs: str) -> Heading:
    regions = [Region(RegionKind.TEXT, spans=(Span(p),)) for p in (*paragraphs, "一、总体情况", "全年工作平稳。")]
    return read_heading(read_text(regions))


@pytest.mark.parametrize(
    "title",
    [
        ["柳溪县水利局2022年政府信息公开工作年度报告"],
        ["2022年柳溪县水利局政府信息公开工作年度报告"],
        ["柳溪县水利局2022年度政府信息公开工作 年度报告"],
        ["柳溪县水利局", "2022年政府信息公开工作年度报告"],
        ["柳溪县水利局2022年政府信息公开年报"],
        ["柳溪县水利局关于2022年度政府信息公开工作情况的报告"],
        ["柳溪县人民政府门户网站", "柳溪县水利局2022年政府信息公开工作年度报告"],
        ["柳水发〔2023〕4号", "柳溪县水利局2022年政府信息公开工作年度报告"],
        ["柳溪县水利局二〇二二年政府信息公开工作年度报告"],
        ["柳溪县水利局２０２２年政府信息公开工作年度报告"],
    ],
)
def test_titles(title: list[str]) -> None:
    found = heading(*title, PERIOD)
    assert (found.organization, found.year) == ("柳溪县水利局", 2022)


def test_the_period_goes_before_a_title_copied_from_another_year() -> None:
    found = heading("柳溪县水利局2021年政府信息公开工作年度报告", PERIOD)
    assert found.year == 2022
    assert found.warnings


def test_the_period_goes_before_a_paragraph_copied_from_another_year() -> None:
    found = heading("柳溪县水利局政府信息公开工作年度报告", PERIOD, "2020年，我局公开信息八十条。")
    assert found.year == 2022
    assert not found.warnings


def test_without_a_title_the_text_says_who_and_when() -> None:
    found = heading("2022年,柳溪县水利局认真贯彻落实上级部署,各项工作有序推进。")
    assert (found.title, found.organization, found.year) == (None, "柳溪县水利局", 2022)


def test_without_a_name_there_is_no_guess() -> None:
    """国务院办公厅 is named in every report and issued none of them."""
    found = heading(
        "本报告依据国务院办公厅政府信息与政务公开办公室有关通知要求，由我单位结合有关统计数据编制。" + PERIOD
    )
    assert (found.title, found.organization, found.year) == (None, None, 2022)


def test_a_form_names_nobody() -> None:
    found = heading("政府信息公开工作年度报告格式模板")
    assert (found.organization, found.year) == (None, None)
