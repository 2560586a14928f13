"""Group the names that reports print into agencies.

Names are merged that differ only in widths, spaces or traditional characters; in a common abbreviation (卫健委 for
卫生健康委员会); or in the places in front (洪泽区… for 淮安市洪泽区…). The last is merged only where exactly one longer
name ends so, the shorter begins with a place of its own, no year is reported under both, and figures of consecutive
years do not contradict it; for a town or village (many are called 城关镇) only where those figures confirm it. Names
one character apart are reported as ambiguous and not merged: so are the names of many places.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz.distance import Levenshtein

_TRADITIONAL = str.maketrans(
    "區縣鄉鎮廳處辦務員會國際衛環財稅農業氣電資訊開發規劃設運輸漁監審計統檢驗圖館體廣視醫療應對聯檔產術劃總隊醫與聞無錫東"
    "陽寧揚連雲門廣灣臺蘇漢陝遼黑龍長興豐樂義馬麗慶壽貴達遠從紹點團園場礦鐵橋導護養險標準質糧貿僑創訓聲樣櫓澤溝濱濟瀘滬贛魯粵瓊隴錢鄭趙韓",
    "区县乡镇厅处办务员会国际卫环财税农业气电资讯开发规划设运输渔监审计统检验图馆体广视医疗应对联档产术划总队医与闻无锡东"
    "阳宁扬连云门广湾台苏汉陕辽黑龙长兴丰乐义马丽庆寿贵达远从绍点团园场矿铁桥导护养险标准质粮贸侨创训声样橹泽沟滨济泸沪赣鲁粤琼陇钱郑赵韩",
)
_ABBREVIATED = {
    "卫健委": "卫生健康委员会",
    "卫健局": "卫生健康局",
    "发改委": "发展和改革委员会",
    "发改局": "发展和改革局",
    "人社局": "人力资源和社会保障局",
    "人社厅": "人力资源和社会保障厅",
    "住建局": "住房和城乡建设局",
    "住建厅": "住房和城乡建设厅",
    "市监局": "市场监督管理局",
    "市场监管局": "市场监督管理局",
    "文旅局": "文化和旅游局",
    "教体局": "教育体育局",
    "应急局": "应急管理局",
    "医保局": "医疗保障局",
    "城管局": "城市管理局",
    "疾控中心": "疾病预防控制中心",
    "管委会": "管理委员会",
    "街道办": "街道办事处",
    "村委会": "村民委员会",
}
_PLACE = (
    "(?:[一-鿿]{1,8}?(?:特别行政区|自治区|自治州|自治县|自治旗|地区|省|市|州|盟|县)"
    "|[一-鿿]{2,8}?(?:街道|社区|区|旗|镇|乡|村))"
)
_PLACES = re.compile(rf"(?:{_PLACE})+")
_OWN_PLACE = re.compile(rf"{_PLACE}[一-鿿]{{2,}}")
_GENERIC_PLACE = re.compile(
    r"(?:经济|技术|高新|产业|工业)*(?:开发区|高新区|经开区|新区|工业区|园区|示范区|保税区|城区|郊区|矿区|林区|景区|城关镇)"
)
"""Places that every other city has: a name that begins with one does not say which."""

_SMALL_PLACE = re.compile(r"[一-鿿]{2,8}?(?:街道|社区|镇|乡|村)")
"""Places whose names many share: the only one in an archive need not be the one that is meant."""


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency. `name` is one of its `spellings`, the one most like the merged name; they are sorted."""

    name: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Names that may be one agency's and were not merged, with the reason in Chinese."""

    names: tuple[str, ...]
    reason: str


def group_agencies(
    years: Mapping[str, Collection[int]],
    continues: Callable[[Collection[str], Collection[str]], bool | None] = lambda *_: None,
) -> tuple[tuple[Agency, ...], tuple[Ambiguity, ...]]:
    """The agencies behind printed names, and the names that were not merged.

    `years` are the years reported under each name. `continues` says whether the figures reported under some names
    continue those under others, None where that cannot be told.
    """
    groups: dict[str, list[str]] = {}
    for printed in sorted(years):
        groups.setdefault(plain_name(printed), []).append(printed)
    reported = {name: {year for printed in group for year in years[printed]} for name, group in groups.items()}
    longer, ambiguous = _longer_names(reported, lambda name, other: continues(groups[name], groups[other]))
    merged: dict[str, list[str]] = {}
    for name, group in groups.items():
        merged.setdefault(longer.get(name, name), []).extend(group)
    agencies = []
    for name, group in sorted(merged.items()):
        shown = min((Levenshtein.distance(printed, name), printed) for printed in group)[1]
        agencies.append(Agency(shown, tuple(sorted(group))))
    return tuple(agencies), (*ambiguous, *_one_character_apart({name: reported[name] for name in merged}))


def plain_name(printed: str) -> str:
    """The name in one spelling: widths, spaces, traditional characters and abbreviations normalised.

    >>> plain_name("青峰區 卫健委（本级）")
    '青峰区卫生健康委员会'
    """
    name = re.sub(r"[\s“”\"'《》·.,，。]|[（(]本级[）)]", "", unicodedata.normalize("NFKC", printed)).translate(
        _TRADITIONAL
    )
    for short, whole in _ABBREVIATED.items():
        if name.endswith(short):
            return name.removesuffix(short) + whole
    return re.sub(r"(?<=[省市州区县旗镇乡])政府(?=$|办公)", "人民政府", name)


def _longer_names(
    reported: Mapping[str, Collection[int]], continues: Callable[[str, str], bool | None]
) -> tuple[dict[str, str], list[Ambiguity]]:
    """For each name that leaves out places in front, the one longer name that it is short for."""
    found, ambiguous = dict[str, str](), list[Ambiguity]()
    for name, longer in _ending_alike(reported).items():
        whole = [other for other in longer if not any(_leaves_out(other, more) for more in longer)]
        if len(whole) > 1:
            ambiguous.append(Ambiguity((name, *sorted(whole)), "简称对应不止一个全称，未合并"))
        elif (confirmed := continues(name, whole[0])) is False:
            ambiguous.append(Ambiguity((name, whole[0]), "相邻年份的数据对不上，未合并"))
        elif _SMALL_PLACE.match(name) and not confirmed:
            ambiguous.append(Ambiguity((name, whole[0]), "乡镇、街道和村各地常有同名，数据又无衔接可证，未合并"))
        elif both := sorted({year for other in longer for year in reported[other]} & set(reported[name])):
            years = "、".join(map(str, both))
            ambiguous.append(Ambiguity((name, whole[0]), f"同一年份（{years}）两个名称都有报告，未合并"))
        else:
            found[name] = whole[0]
    return _without_clashes(found, reported, ambiguous), ambiguous


def _ending_alike(names: Collection[str]) -> dict[str, list[str]]:
    """For each name that leaves out places in front of longer ones, those longer ones."""
    known, found = set(names), dict[str, list[str]]()
    for other in names:
        for ending in (other[k:] for k in range(1, len(other))):
            if ending in known and _leaves_out(ending, other):
                found.setdefault(ending, []).append(other)
    return found


def _without_clashes(
    found: Mapping[str, str], reported: Mapping[str, Collection[int]], ambiguous: list[Ambiguity]
) -> dict[str, str]:
    """Drop pairs of names short for the same one under which the same year is reported."""
    short: dict[str, list[str]] = {}
    for name, whole in found.items():
        short.setdefault(whole, []).append(name)
    clashes = [
        (*pair, whole)
        for whole, names in short.items()
        for pair in combinations(names, 2)
        if set(reported[pair[0]]) & set(reported[pair[1]])
    ]
    ambiguous += [Ambiguity(clash, "两个简称在同一年份都有报告，未合并") for clash in clashes]
    clashing = {name for one, other, _ in clashes for name in (one, other)}
    return {name: whole for name, whole in found.items() if name not in clashing}


def _leaves_out(name: str, other: str) -> bool:
    """Whether `name` is `other` without the places in front, and begins with a place itself."""
    if len(name) >= len(other) or not other.endswith(name) or not _OWN_PLACE.match(name) or _GENERIC_PLACE.match(name):
        return False
    return bool(_PLACES.fullmatch(other.removesuffix(name)))


def _one_character_apart(reported: Mapping[str, Collection[int]]) -> Iterable[Ambiguity]:
    """Names of one length that differ in one character and share no reported year, found by masking each in turn."""
    masked: dict[tuple[str, str], list[str]] = {}
    for name in reported:
        for k in range(len(name)):
            masked.setdefault((name[:k], name[k + 1 :]), []).append(name)
    for one, other in sorted(pair for group in masked.values() for pair in combinations(sorted(group), 2)):
        if not set(reported[one]) & set(reported[other]):
            yield Ambiguity((one, other), "只差一个字，可能是识别或排印错误，也可能是两个机关，未合并")
