"""Correct misread key words in the running text of scans (政策殖读稿件 -> 政策解读稿件), so that patterns match.

In: a `MaskedText`. Out: the same with every stretch at edit distance one from a key word replaced by it. Nothing is
replaced that could change a figure: no number, no word for none (没, 未), nothing between a key word and a number, and
no stretch that is another word itself (公示, 复核).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rapidfuzz.distance import Prefix

from extraction.text.number_mentions import FIGURE, OTHER_NUMBER, MaskedText, Mention

_KEY_WORDS = (
    "主动公开 主动公开信息 主动公开政府信息 主动公开各类信息 主动发布信息 公开政府信息 公开各类信息 公开政务信息 "
    "发布各类信息 政府信息公开 各类信息 发布信息 发布消息 推送信息 推送消息 更新信息 公开信息 "
    "门户网站 政府网站 网站发布 网站公开 网站更新 微信公众号 公众号发布 公众号推送 公众号发文 公众号编发 "
    "官方微信 政务微信 官方微博 政务微博 微博发布 微博推送 微博转发 微信发布 微信推送 微信转发 "
    "政策解读 政策解读稿件 政策解读材料 政策解读文件 解读材料 解读稿件 解读文件 图文解读 规范性文件 "
    "收到申请 受理申请 公开申请 信息公开申请 依申请公开 收到依申请 收到政府信息 受理政府信息 "
    "未收到申请 未收到公开申请 未收到政府信息 未收到依申请 未收到任何 没有收到任何 没有收到公民 "
    "没有收到政府信息 没有接到任何 未接到任何 "
    "行政复议 行政诉讼 申请复议 复议案件 诉讼案件 行政复议案件 行政诉讼案件 "
    "信息处理费 收取信息处理费 收取任何费用 任何费用 申请人收取"
)

_NEGATIONS = "没未无零免不"  # never corrected: one of them decides whether there were requests
_ANY = f"[^{FIGURE}{OTHER_NUMBER}{_NEGATIONS}，。；：、！？（）]"
_OTHER_WORDS = re.compile(
    "公室|公厅|被申请|处理政|处理公|处理申|公示|公告|公布|公报|公正|公平|公证|公文|公事|公开信|公开栏|公开课|申诉|申报|申领|申购|申办|申述|复核|复查|复印|复审|复函|复信"
    "|收取|收回|收费|诉求|诉状|审议|评议|异议|协议|决议|提议|会议|建议|商议|解答|解释|解决|管理费|办理费|受理费|代理费|执行|履行"
)
_MIN_LENGTH_WITHOUT_END = 5  # characters of a key word that may lack its first or last one
_UNIT = re.compile(
    f"(?<=申请|信息|消息|发布|推送|发文|稿件|材料|解读|复议|诉讼){FIGURE}"
    r"(?P<unit>[^\W\d_])(?=[次，。；])"
)
_GENERAL_UNIT = "件"  # counts anything
_COUNTERS = "件条项篇宗份个次则期例起元户家场人批种类大年月日所名位处本册页字张幅部套组集笔点分万亿千百十多余几来X"


def correct_key_words(text: MaskedText) -> MaskedText:
    """The text with its misread key words corrected."""
    masked, spans, mentions = "", list[tuple[int, int]](), dict[int, Mention]()
    at = 0
    for start, end, word in [*sorted(_corrections(text.masked)), (len(text.masked), len(text.masked), "")]:
        mentions |= {len(masked) + k - at: text.mentions[k] for k in range(at, start) if k in text.mentions}
        masked += text.masked[at:start] + word
        spans += text.spans[at:start]
        if word:
            spans += [text.span_in_text(start, end)] * len(word)
        at = end
    return MaskedText(text.text, masked, tuple(spans), mentions)


def _corrections(masked: str) -> Iterator[tuple[int, int, str]]:
    """Stretches [start, end) at edit distance one from a key word or unit, and its right form; none overlap."""
    correct = [m.span() for word in _longest_first() for m in re.finditer(word, masked)]
    taken = [False] * len(masked)
    for word in _longest_first():
        for found in _one_edit_away(word).finditer(masked):
            start, end = found.span()
            differs = start + Prefix.similarity(found[0], word)
            in_correct_word = any(first <= differs < last for first, last in correct)
            if found[0] == word or in_correct_word or any(taken[start:end]):
                continue
            if not _OTHER_WORDS.search(masked[max(0, start - 1) : end + 1]):
                taken[start:end] = [True] * (end - start)
                yield start, end, word
    for found in _UNIT.finditer(masked):
        at = found.start("unit")
        if found["unit"] not in _COUNTERS and not taken[at]:
            yield at, at + 1, _GENERAL_UNIT


@cache
def _longest_first() -> tuple[str, ...]:
    """The key words; what a longer one corrects, shorter ones leave alone."""
    return tuple(sorted(_KEY_WORDS.split(), key=len, reverse=True))


@cache
def _one_edit_away(word: str) -> re.Pattern[str]:
    """A pattern for the word with one character replaced, deleted or inserted.

    A character that touches a number may be a digit of it: there only the last character may be replaced. The character
    in which two key words differ (微信, 微博) is never replaced.
    """
    edits, last = [], len(word) - 1
    for k, character in enumerate(word):
        if character in _NEGATIONS:
            continue
        before, after = word[:k], word[k + 1 :]
        if k > 0:
            edits.append(f"{before}{_ANY}{word[k:]}")
        if any(other != word and re.fullmatch(f"{before}.{after}", other) for other in _longest_first()):
            continue
        edits.append(f"{before}{_ANY}{after}" if k else f"(?<!{FIGURE}){_ANY}{after}")
        if 0 < k < last:
            edits.append(f"{before}{after}")
        elif len(word) >= _MIN_LENGTH_WITHOUT_END:
            edits.append(f"{before}(?!{FIGURE})" if k else f"(?<!{FIGURE}){after}")
    return re.compile("|".join(edits))
