"""Patterns that name the figures of running text: words around a number within a clause.

In: a `MaskedText`. Out: which of its numbers, and which of its phrases for none (未收到), are narrative figures of the
catalogue. The patterns are written in

    <word>  one of the words of that name below        N  the figure
    …       up to 24 characters of the same clause     ~  up to 14, no 、 and no word of another subject

The first pattern that matches a figure names it: special ones stand above general ones. A pattern without a name keeps
its figures from being named by the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extraction.text.number_mentions import MaskedText, Mention

_WORDS = {
    "stop": "(?:<cases>|(?=[，。；、）]))",
    "shown": "(?:公开|发布|公布|上网)",
    "kinds": "(?:政府|政务|各类|公开|的)*",
    "handled": "(?:处理|办理|受理)",
    "items": "(?:条次|件次|篇次|条|件|篇|则|期|份|项|组|个(?!栏目|账号|平台|专栏|网站|公众号))",
    "cases": "(?:件次|人次|件|宗|起|例|项|个(?!科|部门|单位|工|村|镇)|条|份|张|笔)",
    "documents": "(?:件|份|部|项|篇|个(?!栏|平|专|目|工))",
    "pieces": "(?:篇|件|条|份|个(?!栏|平|专|目|工|账)|期|次|幅|部|则|张|组|套|集)",
    "tell": "(?:发布|公开|推送|刊发|刊登|刊载|登载|转发|转载|发文|发送|发出|发表|更新|上传|推出|编发|推文|发帖|公布"
    "|推介|刊出|挂出|登出|贴出|播发|发稿|供稿|收录|上线|披露|信息|消息|动态|文章|图文|作品|稿件|内容|发(?!现|生|展|放|挥))",
    "site": "(?:门户网|网站|官网|网页|政务网|公开网|信息网|公开平台|公开栏目|公开专栏)",
    "wechat": "(?:微信|公众号|公众平台|订阅号)",
    "weibo": "微博",
    "via": "(?:通过|依托|利用|借助|运用|充分发挥|在)",
    "first": "(?:全年|一年来|本年度?|X年度?|年内|共|共计|累计|总共|合计|积极|及时|主动)*",
    "get": "(?:收到|接到|接收|受理|新收|收悉|收件|接件|登记|收|接)",
    "asked": "(?<!许可)(?<!登记)(?<!补贴)(?<!救助)(?<!补助)(?<!被)(?:申请(?!行政复议|复议|人|执行)|依申请公开)",
    "answered": "(?<!没有)(?<!未)(?:办结|答复|办理|办复|回复|处理|答完|办完|结案|已办)",
    "going": "(?:(?:正在|尚在|仍在|还在|在)(?:办|处)理?(?:中|之中)?|(?:尚)?未(?:能)?办(?:结|完)|结转"
    "|(?:转|留|顺延)(?:入|到|至|待)?(?:下|次|来|第二|X)年?|跨年|在办|待办|尚待|余下|剩余)",
    "none": "(?:未(?!经|审|办)|没有|没(?=收|接|发)|无(?!正当|关|效|论|法|故|障)|零)",
    "be": "(?:总?量|总?数量?|总?件数|条数|共计|合计|总计|累计|分别|均|各|共有|共|为|是|达到?|有|约|近|超过?|逾|了|的"
    "|：)*",
    "general": "(?:主动|公开|依法|及时|全文|向社会|对外|政府|政务|各类|各项|各种|各方面|相关|有关|公共|重点|领域|工作"
    "|类|的|等|和|及|与)*",
    "other": "(?:建议|提案|信访|来信|来电|来访|留言|咨询|热线|诉求|投诉|许可|审批|处罚)",
}


@dataclass(frozen=True, slots=True)
class NamedFigure:
    """A narrative figure, by its id in the catalogue, at characters [start, end) of the text.

    `mention` is its number, None where words say that there was none.
    """

    id: str
    start: int
    end: int
    mention: Mention | None


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern and the ids of the figures that it names.

    With `after_requests` it holds only where the paragraph has spoken of requests before, with `before_received` only
    where it has not yet said how many were received.
    """

    ids: tuple[str, ...]
    words: re.Pattern[str]
    after_requests: bool
    before_received: bool


_RECEIVED = re.compile("(?:收到|接到|受理|新收)[^，。；]*申请")


def _pattern(ids: str, words: str, *, after_requests: bool = False, before_received: bool = False) -> _Pattern:
    for name, choice in _WORDS.items():
        words = words.replace(f"<{name}>", choice)
    words = re.sub("(?<![；、：])N", "(?P<figure>N)", words, count=1)  # the first that is not in a character class
    words = words.replace("…", "[^，。；：！？N]{0,24}?")
    words = words.replace("~", f"(?:(?!{_WORDS['other']})[^，。；！？、N]){{0,14}}?")
    return _Pattern(tuple(ids.split()), re.compile(words), after_requests, before_received)


_OF_FIGURES = (
    _pattern("", "(?:比|较|同比|增加|减少|增长|下降|增|减|多|少|上升|每年?|每[月周日])了?N"),
    _pattern("", "(?:上年|上一年度?|上年度|去年|往年)(?:度)?结转…N"),
    _pattern("", "N<cases>[^，。；、N]{0,8}?(?:也|都)(?:没|未|无)"),
    # requests, and what came after them
    _pattern("carried_requests", "<going>…N<cases>"),
    _pattern("carried_requests", "N<cases>(?:申请)?<going>"),
    _pattern("reviews lawsuits", "复议…诉讼(?:案件?)?(?:数量?)?(?:均|各|都)…N<stop>"),
    _pattern("reviews lawsuits", "诉讼…复议(?:案件?)?(?:数量?)?(?:均|各|都)…N<stop>"),
    _pattern("lawsuits", "(?:诉讼|起诉|应诉|被诉|官司)~N<stop>"),
    _pattern("reviews", "复议~N<stop>"),
    _pattern("lawsuits", "N<cases>[^，。；、N]{0,8}?诉讼"),
    _pattern("reviews", "N<cases>[^，。；、N]{0,8}?复议"),
    _pattern("received_requests", "<get>…<asked>~N<cases>"),
    _pattern("received_requests", "<get>~N<cases>[^，。；、N]{0,16}?<asked>"),
    # A report that gives only the requests handled means those received.
    _pattern("received_requests", "<handled>~<asked>~N<cases>", before_received=True),
    _pattern("received_requests", "<handled>~N<cases>[^，。；、N]{0,16}?<asked>", before_received=True),
    _pattern("answered_requests", "<answered>~N<cases>", after_requests=True),
    _pattern(
        "answered_requests",
        "N<cases>[^，。；、N]{0,6}?(?:均|全部|都)?(?:已|予以)(?:经)?<answered>",
        after_requests=True,
    ),
    _pattern("received_requests", "<asked>~N<cases>"),
    _pattern("received_requests", "<asked>~[为是：]N(?=[，。；、）]|$)"),
    _pattern("received_requests", "N<cases>(?:依|政府|信息|公开|有效|的)*<asked>"),
    _pattern("received_requests", "<get><be>N<cases>", after_requests=True),
    _pattern(
        "fees", "(?:信息处理费|处理费|检索费|费用|收费|收取|收入|收缴|共收|实收)[^，。；N]{0,20}?N(?:元|(?=[，。；]|$))"
    ),
    # documents
    _pattern("", "(?:废止|失效|清理|修订|修改|现行有效|备案|审查|审核)…规范性文件~N"),
    _pattern("", "规范性文件…(?:废止|失效|清理|修订|修改|现行有效)~N"),
    _pattern("normative_documents", "规范性文件~N<documents>"),
    _pattern("normative_documents", "(?:制发|制定|印发|出台|发布|公开|公布|新增|制作|起草)~N<documents>~规范性文件"),
    _pattern("interpretations", "(?:解读|图解|一图读懂|政策(?:说明|问答|讲解|图表))[^，。；N]{0,16}?N<pieces>"),
    _pattern("interpretations", "解读[^。；N]{0,16}，[^，。；N]{0,10}N(?:篇|件|条|份|期|幅|部|张|组|套|集)"),
    # what was published, and where
    _pattern("published_wechat", "<wechat>[^，。；N]{0,30}?<tell>~N<items>"),
    _pattern("published_weibo", "<weibo>[^，。；N]{0,30}?<tell>~N<items>"),
    _pattern("published_items", "(?:共|累计|总计|合计)(?:主动)?公开(?:政府|政务)?信息<be>N<items>"),
    _pattern("published_website", "<site>[^，。；N]{0,30}?<tell>~N<items>"),
    _pattern("published_wechat", "<wechat>[^，。；、N]{0,3}<be>N<items>"),
    _pattern("published_weibo", "<weibo>[^，。；、N]{0,3}<be>N<items>"),
    _pattern("published_website", "<site><be>N(?:条|篇|则)"),
    _pattern("published_wechat", "<via>…<wechat>…，<first><tell>~N<items>"),
    _pattern("published_weibo", "<via>…<weibo>…，<first><tell>~N<items>"),
    _pattern("published_website", "<via>…<site>…，<first><tell>~N<items>"),
    _pattern("interpretations", "N<pieces>[^，。；、N]{0,12}?解读(?![^，。；、N]{0,8}N)"),
    _pattern(
        "published_items",
        "(?:公开|发布|公布|发出|推送|更新|上网|刊发|披露)了?<general>(?:信息|内容|文件|材料|资料|事项|条目)<be>N<items>",
    ),
    _pattern(
        "published_items",
        "(?:(?:主动|累计|共|对外|向社会|全年|总共)(?:公开|发布|公布)|公开(?:总?量|总数|数量|条目|件数))<be>N<items>",
    ),
    _pattern("published_items", "<shown>了?N<items><kinds>信息"),
    _pattern(
        "published_items", "信息<be>N<items>[^，。；、N]{0,6}?(?:对外|向社会|全部|均|及时|依法)*(?:公开|公布|上网)"
    ),
    _pattern("published_items", "N<items><kinds>信息(?:对外|向社会|主动|全部|均|及时|依法)*<shown>"),
    _pattern("published_items", "信息的?(?:公开|发布|上网|公布)(?:总?量|总?数|数量|条数|件数)?<be>N<items>"),
    _pattern(
        "published_items",
        "(?:公开|发布|公布|上网|披露)的?<general>(?:信息|内容|条目|材料|文件|数据)~(?:共|计|总|达|有|为)~N<items>",
    ),
    _pattern("published_items", "(?:全年|一年|年度|累计|共|总计|合计|截至)~<shown>~(?:信息|内容|条目)<be>N<items>"),
)

_OF_NONE = (
    _pattern(
        "received_requests", "<none>有?再?(?:<get>|出现|发生|有人|产生)[^，。；：N复诉]{0,24}?(?:<asked>|公开办件)"
    ),
    _pattern(
        "received_requests",
        "(?:<none>|尚无)[^，。；：N复诉]{0,16}?(?:提出|提交|递交|提起|寄来|送来|要求)[^，。；：N复诉]{0,12}?<asked>",
    ),
    _pattern(
        "received_requests",
        "(?<![有若如])(?:无|零|没有)(?:人|任何|群众|公民|法人|单位|组织|或|和|、|其他|一件)*(?:政府|信息|公开|依|有效|的)*申请(?!人)",
    ),
    _pattern("reviews lawsuits", "<none>…复议[^，。；：N]{0,12}?诉讼"),
    _pattern("reviews lawsuits", "<none>…诉讼[^，。；：N]{0,12}?复议"),
    _pattern("reviews", "<none>…复议"),
    _pattern("lawsuits", "<none>…(?:诉讼|官司)"),
    _pattern(
        "fees",
        "(?:<none>|不|免收|减免)[^，。；：N]{0,12}?(?:收取|收|产生|发生|征)[^，。；：N]{0,16}?费(?!用?标准|用?的标准)",
    ),
    _pattern("fees", "处理费[^，。；：N]{0,8}?(?:<none>|未)(?:有|收|发生|产生)"),
)


def named_figures(text: MaskedText) -> Iterator[NamedFigure]:
    """The figures of a paragraph that a pattern names; those of phrases for none have no mention."""
    taken: set[int] = set()
    for pattern in _OF_FIGURES:
        for match in _matches(pattern, text.masked):
            at = match.start("figure")
            if at in text.mentions and at not in taken:
                taken.add(at)
                mention = text.mentions[at]
                yield from (NamedFigure(i, mention.start, mention.end, mention) for i in pattern.ids)
    said: set[str] = set()
    for pattern in _OF_NONE:
        for match in _matches(pattern, text.masked):
            if not said & set(pattern.ids):
                said.update(pattern.ids)
                yield from (NamedFigure(i, *text.span_in_text(*match.span()), None) for i in pattern.ids)


def _matches(pattern: _Pattern, masked: str) -> Iterator[re.Match[str]]:
    """Every match of the pattern, overlapping ones too."""
    match = pattern.words.search(masked)
    while match:
        before = masked[: match.start()]
        if ("申请" in before or not pattern.after_requests) and not (
            pattern.before_received and _RECEIVED.search(before)
        ):
            yield match
        match = pattern.words.search(masked, match.start() + 1)
