"""Split a report's running text into its six sections: join printed lines to paragraphs, find the headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np

from extraction.document import Region, RegionKind, Section, Span, Table
from extraction.forms.alignment import NEVER, align
from extraction.forms.catalogue import SectionForm, sections
from extraction.forms.label_similarity import core, likeness, most_shared
from extraction.geometry import Box, union

_SENTENCE_ENDS = "。！？；：…!?;:”』」》"
_ITEM_NUMBER = re.compile(r"^\s*[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．:：]")
_SECTION_NUMBER = re.compile(r"^\s*([一二三四五六七八九十]|\d)\s*[、.．]")
_BRACKETED_NUMBER = re.compile(r"^\s*[(（]\s*([一二三四五六七八九十]{1,3}|\d{1,2})\s*[)）]")
_ARABIC = dict(zip("123456", "一二三四五六", strict=True))
_MIN_HEADING_SIMILARITY = 0.74  # to a title of the section, 0..1
_MIN_HEADING_SCORE = 0.3  # of a line that ends a paragraph as a heading
_MIN_TAG_PROBABILITY = 0.9  # of the token classifier's heading
_MIN_TITLE_SHARE = 0.3  # of such a line's characters, that the section's title has too
_NUMBER_BONUS, _BRACKET_PENALTY = 0.4, 0.5  # added to a heading's similarity
_IMPRINT = re.compile(
    r"^\W*(?:版权所有|主办(?:单位)?[:：]|承办(?:单位)?[:：]|网站标识码|网站地图|技术支持|上一篇|下一篇|打印本页|【?关闭窗口|扫一扫|分享到)|ICP备|公网安备"
)
_NAMES_REPORT = re.compile(r"年\s*度?\s*报\s*告|(?:政府信息|政务)公开.*报告")
_TITLE = re.compile(
    r"[一-鿿]{0,30}20[0-4]\d年度?[一-鿿]{0,30}?(?:政府信息|政务)公开(?:工作)?(?:年度)?报告"
    r"|[一-鿿]+就20[0-4]\d年(?:政府信息|政务)公"
)
_MIN_PAGE_OFFSET_LINE_HEIGHTS = 12  # between the margins of two pages on one sheet
_MIN_PAGE_LINES = 4  # of a page beside another
_MAX_HEADING_LENGTH = 20  # characters; so short a line without an end mark is a heading or an item, not half a sentence
_MAX_INDENT_LINE_HEIGHTS, _MAX_RAGGED_LINE_HEIGHTS = 1.2, 2.5  # of a line that continues a paragraph, of a full line

_Margins = tuple[float, float, float]
"""Left and right margin and line height, in points."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text without its line breaks, and the page where it starts.

    `lines` are its printed lines, `starts` the offset of each in `text`, negative where a heading was split off.
    """

    text: str
    page: int | None
    lines: tuple[Span, ...]
    title: bool = False
    starts: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Text:
    """The running text of a report: the head before the first heading, and the sections with their headings."""

    head: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    paragraphs: tuple[Paragraph, ...]
    headings: tuple[Paragraph, ...] = ()


def read_text(regions: Sequence[Region]) -> Text:
    """The running text of a report, from its regions in reading order."""
    paragraphs = _without_imprint(tuple(_joined(_split_headings(_lines(regions)))))
    headings = _headings(paragraphs)
    starts = sorted(headings)
    found = []
    for start, end in pairwise([*starts, len(paragraphs)]):
        form, heading = headings[start], paragraphs[start]
        body = "\n".join(p.text for p in paragraphs[start + 1 : end])
        found.append(Section(form.id, heading.text, body, heading.page))
    head = paragraphs[: starts[0]] if starts else paragraphs
    return Text(head, tuple(found), paragraphs, tuple(paragraphs[start] for start in starts))


def _without_imprint(paragraphs: tuple[Paragraph, ...]) -> tuple[Paragraph, ...]:
    """Drop what a web site prints below the report: copyright, sponsor, links to the next article."""
    end = len(paragraphs)
    while end > 1 and any(_IMPRINT.search(p.text) for p in paragraphs[max(0, end - 3) : end]):
        end = next(k for k in range(max(0, end - 3), end) if _IMPRINT.search(paragraphs[k].text))
    return paragraphs[:end]


def _lines(regions: Sequence[Region]) -> Iterator[Paragraph]:
    """Every printed line of running text, without tables, figures and page furniture.

    Where no line names an annual report, titles found in tables come first.
    """
    if not any(_NAMES_REPORT.search(region.text) for region in regions):
        for region in regions:
            yield from _titles(region.table) if region.table is not None else ()
    for region in regions:
        if region.kind in (RegionKind.TEXT, RegionKind.TITLE):
            for span in region.spans:
                if span.text.strip():
                    title = region.kind is RegionKind.TITLE
                    yield Paragraph(span.text.strip(), region.page, (replace(span, page=region.page),), title)


def _titles(table: Table) -> Iterator[Paragraph]:
    """Titles within a table: on a scan, streaks can make a table of running text."""
    for cells in table.rows():
        text = "".join("".join(c.text.split()) for c in cells)
        boxes = [c.box for c in cells if c.box]
        if (said := _TITLE.search(unicodedata.normalize("NFKC", text))) and boxes:
            yield Paragraph(said[0], table.page, (Span(said[0], table.page, union(boxes)),), title=True)


def _split_headings(lines: Iterator[Paragraph]) -> Iterator[Paragraph]:
    """Split a heading from the text that follows it on its line (一、总体情况 2024年…)."""
    for line in lines:
        for form in sections():
            for title in (form.title, *form.wordings):
                match = re.match(rf"\s*{form.number}\s*、\s*{re.escape(title)}[\s。:：]*(?=\S)", line.text)
                if match and len(line.text) - match.end() > _MAX_HEADING_LENGTH:
                    yield replace(line, text=line.text[: match.end()].strip(" \u3000。:："))
                    rest = line.text[match.end() :].strip()
                    line = replace(line, text=rest, starts=(line.starts[0] - line.text.rfind(rest),))
        yield line


def _joined(lines: Iterator[Paragraph]) -> Iterator[Paragraph]:
    """Join lines to paragraphs across line and page breaks."""
    every = list(lines)
    margins = _margins(every)
    open_paragraph: Paragraph | None = None
    for line in every:
        if open_paragraph is None:
            open_paragraph = line
        elif _continues(open_paragraph, line, _margins_at(line, every, margins)):
            left, right = open_paragraph.text, line.text
            spaced = left[-1:].isascii() and right[:1].isascii() and right[:1].isalpha()  # two Latin words
            text = f"{left} {right}" if spaced else left + right
            starts = (*open_paragraph.starts, len(text) - len(line.text) + line.starts[0])
            lines_so_far = (*open_paragraph.lines, *line.lines)
            open_paragraph = replace(open_paragraph, text=text, lines=lines_so_far, starts=starts)
        else:
            yield open_paragraph
            open_paragraph = line
    if open_paragraph is not None:
        yield open_paragraph


def _continues(paragraph: Paragraph, line: Paragraph, margins: _Margins | None) -> bool:
    """Whether a line continues the paragraph before it."""
    last, here = paragraph.lines[-1].box, line.lines[0].box
    if _is_heading(line) or _is_heading(paragraph) or paragraph.title != line.title:
        return False
    if last is None or here is None or margins is None:
        return not (
            len(paragraph.text) < _MAX_HEADING_LENGTH
            or paragraph.text[-1] in _SENTENCE_ENDS
            or _ITEM_NUMBER.match(line.text)
        )
    left, right, height = margins
    indented = here.left > left + _MAX_INDENT_LINE_HEIGHTS * height
    return last.right > right - _MAX_RAGGED_LINE_HEIGHTS * height and not indented


def _margins(lines: Sequence[Paragraph]) -> _Margins | None:
    """The margins of most lines, None without positions."""
    boxes: list[Box] = [p.lines[0].box for p in lines if p.lines[0].box]
    long = [b for b in boxes if b.width > 12 * b.height] or boxes
    if not long:
        return None
    return float(np.percentile([b.left for b in long], 20)), max(b.right for b in long), median(b.height for b in long)


def _margins_at(line: Paragraph, every: Sequence[Paragraph], margins: _Margins | None) -> _Margins | None:
    """The margins of the report, or of the line's own page where a sheet shows two beside each other."""
    here = line.lines[0].box
    if here is None or margins is None:
        return margins
    boxes = [b for p in every if p.page == line.page and (b := p.lines[0].box) and _beside(b, here)]
    left, right, height = float(np.percentile([b.left for b in boxes], 20)), max(b.right for b in boxes), margins[2]
    apart = max(left - margins[0], margins[1] - right) > _MIN_PAGE_OFFSET_LINE_HEIGHTS * height
    return (left, right, height) if apart and len(boxes) >= _MIN_PAGE_LINES else margins


def _beside(one: Box, other: Box) -> bool:
    """Whether two lines share at least half of the shorter one's width."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    return shared > 0.5 * min(one.width, other.width)


def _headings(paragraphs: Sequence[Paragraph]) -> dict[int, SectionForm]:
    """Sections by the index of the paragraph that heads them, aligned in order with those of the form."""
    forms = sections()
    scores = np.full((len(paragraphs), len(forms)), NEVER)
    for i, paragraph in enumerate(paragraphs):
        for j, form in enumerate(forms):
            score, number = _heading_score(paragraph, form), _BRACKETED_NUMBER.match(paragraph.text)
            # A bracketed number other than the section's heads a part of one: （一）主动公开情况 in 总体情况.
            if score > 0 and (number is None or _ARABIC.get(number[1], number[1]) == form.number):
                scores[i, j] = score
    matches, _ = align(scores)
    return {m.first: forms[m.second] for m in matches}


def _heading_score(paragraph: Paragraph, form: SectionForm) -> float:
    """The score of a paragraph as the heading of a section: by its wording, else by the token classifier."""
    text, titles = paragraph.text, (form.title, *form.wordings)
    if not core(text) or len(core(text)) > max(map(len, titles)) + 6:
        return 0.0
    alike = likeness((text,), titles)
    if alike < _MIN_HEADING_SIMILARITY:
        return _tagged_score(paragraph, form)
    lead = _SECTION_NUMBER.match(text)
    numbered = lead is not None and _ARABIC.get(lead[1], lead[1]) == form.number
    return alike + (_NUMBER_BONUS if numbered else 0.0) - (_BRACKET_PENALTY if re.match(r"\s*[(（]", text) else 0.0)


def _tagged_score(paragraph: Paragraph, form: SectionForm) -> float:
    """The score by the classifier, below every score by wording; 0 where too few characters are the title's."""
    first = paragraph.lines[0].tags[:1] if len(paragraph.lines) == 1 else ()
    if not first or first[0].name != f"heading.{form.id}" or first[0].probability < _MIN_TAG_PROBABILITY:
        return 0.0
    own = most_shared(paragraph.text, (form.title, *form.wordings))
    return _MIN_HEADING_SIMILARITY * first[0].probability if own >= _MIN_TITLE_SHARE else 0.0


def _is_heading(paragraph: Paragraph) -> bool:
    return any(_heading_score(paragraph, form) > _MIN_HEADING_SCORE for form in sections())
