"""Find a report's title, organization and year in its head and running text.

The year of the 统计期限 sentence is preferred to the title's: titles get copied from other years, while the period is
what the figures cover.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extraction.text.sections import Paragraph, Text

_TITLE = re.compile(r"年\s*度?\s*报\s*告|政府信息公开.*报告|政务公开.*报告|年\s*报$")
_MAX_TITLE_LINES, _MAX_TITLE_LENGTH = 3, 60  # characters
_MAX_TITLE_LINE = 40  # characters of a line that is not the last of a title
_PERIOD_CONTEXT = 30  # characters before a period in which 统计期限 is looked for
_YEAR = re.compile(r"(20[0-4]\d)\s*年?")
_STATED_YEAR = re.compile(r"(20[0-4]\d)年(?:度(?=[)）]|政府信息|政务公开|年度)|(?=政府信息公|政务公))")
_PERIOD = re.compile(
    r"(20[0-4]\d)\s*年\s*0?1\s*月\s*0?1\s*日\s*[起始]?\s*[,，]?\s*(?:至|到|[-—–~～])+\s*(20[0-4]\d)?\s*年?\s*12\s*月\s*31"
)
_CHINESE_YEAR = re.compile(r"二[〇○零0Oo][一二三四][〇○零0Oo一二三四五六七八九](?=年)")
_CHINESE_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_NOT_IN_TITLE = re.compile(
    r"[〔\[［(（]\s*20\d\d\s*[〕\]］)）]\s*\d*\s*号|^附件|文件$|^索引|^发布|^来源|^日期|^字号|^当前位置|网站$|门户$"
)
_SUBJECT = re.compile(
    r"(?:关于)?(?:公布|报送|印发)?(?:的)?(?:20[0-4]\d年?度?)?(?:的)?(?:政府信息|政务信息|政务公开|信息公开|政府网站)"
)
_SUBJECTS = (
    _SUBJECT,
    re.compile(
        "|".join("政府信息公开"[:k] + ".{0,2}" + "政府信息公开"[k + 1 :] for k in range(6))
    ),  # with one character misread
    re.compile(r"20[0-4]\d年度?(?:工作)?(?:年度?)?报|度?(?:工作)?年度?报"),
)
_MISREAD_YEAR = re.compile(r"^(?=[^一-鿿（(]).{1,5}?年度?|(?<=[一-鿿]{3})[\dA-Za-z].*$")
_KIND = (
    r"(?:人民政府|政府办公室|政府办公厅|政府|管理委员会|管委会|委员会|办公室|办公厅|办事处|管理局|总局|分局|局|厅|"
    r"管理中心|中心|管理处|处|支队|大队|总队|研究院|医院|学院|学校|大学|法院|检察院|院|馆|站|所|社|公司|集团|银行|"
    r"街道|镇|乡|协会|联合会|总会|委)"
)
_NAME = rf"(?P<name>[一-鿿（）()]{{2,28}}?{_KIND})"
_STATEMENTS = (
    re.compile(
        rf"(?:请|可)?(?:径|直接)?[与向和同]{_NAME}(?:政务公开|信息公开|政府信息公开)?(?:科|股|室|处|办公室)?(?:进行)?联系"
    ),
    re.compile(rf"本(?:年度)?报告(?:由|系){_NAME}(?:根据|依据|按照|结合|编制|组织)"),
    re.compile(rf"(?:数字|数据|内容|报告)(?:由|系){_NAME}(?:汇总|核对|统计|整理|提供|编制|撰写|负责)"),
    re.compile(
        rf"^20[0-4]\d年度?,?{_NAME}(?:认真|坚持|深入|严格|全面|按照|在|切实|以|高度|紧紧|围绕|持续|积极|扎实|贯彻)"
    ),
    re.compile(rf"^{_NAME}(?:网站)?(?:年度)?工作(?:报表|报告)"),
    re.compile(rf"(?:^|[,·]|公众了解){_NAME}就20[0-4]\d年"),
    re.compile(rf"(?:^|,){_NAME}(?:编制|撰写|公布)了?(?:本报告|20[0-4]\d年)"),
    re.compile(rf"(?:^|,){_NAME}20[0-4]\d年度?(?:政府信息|政务)公开"),
)
_NOT_A_NAME = re.compile(
    r"^(?:我|本|全|各|该|其|国务院|中共|中央|省委|市委|县委|区委|党中央|有关|相关|上级|申请人|社会|公众)"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What a report says of itself, None where it does not; `warnings` name contradictions."""

    title: str | None
    organization: str | None
    year: int | None
    warnings: tuple[str, ...] = ()


def read_heading(text: Text) -> Heading:
    """Title, organization and year of a report, with a warning where title and period name different years."""
    title = _title(text.head)
    organization = (_organization_in_title(title) if title else None) or _organization_in_text(text.paragraphs)
    period, titled = _period(text.paragraphs), _YEAR.search(_plain(title or ""))
    warnings: tuple[str, ...] = ()
    in_title = int(titled[1]) if titled else None
    if period and in_title and period != in_title:
        warnings = (f"the title says {in_title}, the period of the statistics {period}; {period} was taken",)
    year = period or in_title or _year_in_text(text)
    return Heading(title, organization, year, warnings)


def _title(head: Sequence[Paragraph]) -> str | None:
    """The title: the first line that ends one, with the lines above it where it names no organization."""
    lines = [_plain(span.text) for p in head for span in p.lines]
    for end in range(len(lines)):
        titles = [title for title in _ending_at(end, lines) if _TITLE.search(_solid(title))]
        if titles:
            named = [title for title in titles if _organization_in_title(title)]
            whole = [title for title in named if _SUBJECT.search(_solid(title))]
            return re.sub(r"\s+", "", [*whole, *named, *titles[1:], titles[0]][0])
    return None


def _ending_at(end: int, lines: Sequence[str]) -> Iterator[str]:
    """The possible titles that end with a line: the line alone, then with one or more lines above it."""
    if lines[end].endswith("。") or _NOT_IN_TITLE.search(lines[end]):
        return
    for start in range(end, max(-1, end - _MAX_TITLE_LINES), -1):
        title = "".join(lines[start : end + 1])
        if len(title) > _MAX_TITLE_LENGTH or (start < end and not _may_begin_title(lines[start])):
            return
        yield title


def _may_begin_title(line: str) -> bool:
    """Whether a line can be part of a title that continues below."""
    solid = _solid(line)
    return (
        0 < len(solid) <= _MAX_TITLE_LINE
        and not re.search(r"[。；;,，：:|<>]", solid)
        and not _NOT_IN_TITLE.search(solid)
    )


def _organization_in_title(title: str) -> str | None:
    """The name before the subject: 2020年岭东区卫生健康局 | 政府信息公开工作年度报告."""
    solid = _solid(title)
    subject = next((found for form in _SUBJECTS if (found := form.search(solid))), None)
    if subject is None:
        return None
    before = solid[: subject.start()]
    name = re.sub(r"^.*?20[0-4]\d年度?", "", before) or re.sub(r"20[0-4]\d年?度?.*$", "", before)
    name = _MISREAD_YEAR.sub("", name)
    name = re.sub(r"^(?:关于)?(?:印发|公布|发布|报送)", "", name).strip("的关于《》()（）、.-—")
    if len(name) < 3 or _NOT_A_NAME.match(name) or not re.search(r"[一-鿿]{3}", name):
        return None
    return name


def _organization_in_text(paragraphs: Sequence[Paragraph]) -> str | None:
    """The organization that a sentence names as the author or the contact of the report."""
    for statement in _STATEMENTS:
        for paragraph in paragraphs:
            for sentence in re.split(r"[。；]", _solid(paragraph.text)):
                match = statement.search(sentence)
                if match and not _NOT_A_NAME.match(match["name"]):
                    return match["name"]
    return None


def _period(paragraphs: Sequence[Paragraph]) -> int | None:
    """The year of the 统计期限 sentence, else of any period from January 1 to December 31."""
    stated = [
        (bool(re.search("统计|期限|数据", before)), int(match[1]))
        for p in paragraphs
        for match in _PERIOD.finditer(_plain(p.text))
        for before in (_plain(p.text)[max(0, match.start() - _PERIOD_CONTEXT) : match.start()],)
        if not match[2] or match[2] == match[1]
    ]
    return max(stated, key=lambda s: s[0])[1] if stated else None


def _year_in_text(text: Text) -> int | None:
    """The year that one of the first paragraphs starts with, else one of a 年度 anywhere."""
    for paragraph in text.paragraphs[:3]:
        if match := re.match(r"\s*(20[0-4]\d)年", _plain(paragraph.text)):
            return int(match[1])
    for paragraph in text.paragraphs:
        if match := _STATED_YEAR.search(_plain(paragraph.text)):
            return int(match[1])
    return None


def _plain(text: str) -> str:
    """The text in half width, with years in Arabic numerals and no spaces around figures."""
    plain = unicodedata.normalize("NFKC", text)
    plain = _CHINESE_YEAR.sub(lambda m: m[0].replace("二", "2").translate(_CHINESE_DIGITS), plain)
    return re.sub(r"\s*(\d+)\s*", r"\1", plain)


def _solid(text: str) -> str:
    return re.sub(r"\s+", "", _plain(text))
