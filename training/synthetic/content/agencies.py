"""Invented agencies, from village to province, from name stocks that no two splits share.

Every name starts with a place, every place with a character that only its split has: no organization is in two splits.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

Level = Literal["village", "town", "district", "city", "province"]

FIRST = {
    "train": "岚澹砚翊琅禾朔苓鹭橹缙汐翎芷浣霁霖栎澄榆",
    "dev": "岫蔚槿泠珞",
    "test": "蓼曜沅桁筠鸢漪峤皓荻",
}
"""First characters of places, by split."""

_SECOND = "浦陂汀岑皋埠塬屿湄洲峪津坪渚陵川岭港溪原"
_TOWNS = ("镇", "镇", "乡", "街道")


@dataclass(frozen=True, slots=True)
class Domain:
    """A line of work: the endings of agency names, and the topics of their text."""

    name: str
    bureaus: tuple[str, ...]
    matters: tuple[str, ...]


DOMAINS = (
    Domain("水利", ("水务局", "水利局"), ("农村供水", "河道巡查", "节水改造", "水库安全")),
    Domain("教育", ("教育局", "教育体育局"), ("学区划分", "招生入学", "校车运行", "营养餐采购")),
    Domain("卫生", ("卫生健康局", "卫生健康委员会"), ("门诊排班", "疫苗接种", "乡村医生", "急救站点")),
    Domain("交通", ("交通运输局",), ("公交改线", "农村公路", "桥梁检测", "出租车运价")),
    Domain("民政", ("民政局",), ("低保名单", "养老床位", "殡葬收费", "社会组织年检")),
    Domain("自然资源", ("自然资源局", "自然资源和规划局"), ("征地补偿", "宅基地审批", "规划公示", "地质灾害")),
    Domain("人社", ("人力资源和社会保障局",), ("技能培训", "社保转移", "欠薪处置", "事业单位招聘")),
    Domain("城管", ("城市管理综合执法局", "城市管理局"), ("占道经营", "垃圾清运", "停车泊位", "违建拆除")),
    Domain("市场", ("市场监督管理局",), ("食品抽检", "电梯检验", "企业登记", "计量检定")),
    Domain("农业", ("农业农村局",), ("种粮补贴", "农机购置", "高标准农田", "动物防疫")),
    Domain("财政", ("财政局",), ("预算决算", "政府采购", "专项资金", "惠农补贴")),
    Domain("生态", ("生态环境局",), ("空气质量", "排污许可", "环评审批", "水源保护")),
    Domain("住建", ("住房和城乡建设局",), ("危房改造", "物业维修", "公租房分配", "老旧小区改造")),
    Domain("应急", ("应急管理局",), ("防汛调度", "安全检查", "避难场所", "灾情核查")),
    Domain("文旅", ("文化和旅游局", "文化广电旅游局"), ("场馆开放", "文物修缮", "旅行社管理", "送戏下乡")),
    Domain("医保", ("医疗保障局",), ("药品目录", "参保缴费", "异地就医", "医院结算")),
)
_GENERAL = Domain("综合", (), ("惠民实事", "项目进度", "财政收支", "人事任免", "征收补偿"))
_BODIES = {
    "village": ("村民委员会",),
    "town": ("人民政府",),
    "district": ("人民政府", "人民政府办公室", "政务服务中心", "疾病预防控制中心", "行政审批局"),
    "city": ("人民政府", "人民政府办公室", "行政审批局", "图书馆"),
    "province": ("人民政府办公厅", "地方金融监督管理局", "科学技术厅"),
}


@dataclass(frozen=True, slots=True)
class Agency:
    """`name` in full, `short` without the places above it, `we` as it calls itself."""

    name: str
    short: str
    we: str
    level: Level
    domain: Domain


def draw_agency(rng: Random, split: str) -> Agency:
    """Return a random agency of the split. Raises KeyError for an unknown one."""
    level = rng.choices(("village", "town", "district", "city", "province"), (4, 22, 40, 24, 10))[0]
    places = {
        "province": _place(rng, split) + "省",
        "city": _place(rng, split) + "市",
        "district": _place(rng, split) + rng.choice(("区", "县", "县", "市")),
        "town": _place(rng, split) + rng.choice(_TOWNS),
        "village": _place(rng, split) + "村",
    }
    above = {"village": "town", "town": "district", "district": "city", "city": "", "province": ""}[level]
    domain = rng.choice(DOMAINS)
    if level in ("village", "town") or rng.random() < 0.25:
        domain, body = _GENERAL, rng.choice(_BODIES[level])
    else:
        body = rng.choice(domain.bureaus)
        body = body.removesuffix("局") + "厅" if level == "province" and body.endswith("局") else body
    short = places[level] + body
    if level == "town" and short.endswith("街道人民政府"):
        short = short.removesuffix("人民政府") + "办事处"
    name = places.get(above, "") + short
    return Agency(name, short, _we(rng, short, level), _level(level), domain)


def _place(rng: Random, split: str) -> str:
    return rng.choice(FIRST[split]) + rng.choice(_SECOND)


def _we(rng: Random, name: str, level: str) -> str:
    for end, we in (("办事处", "我街道"), ("中心", "我中心"), ("局", "我局"), ("厅", "我厅"), ("馆", "我馆")):
        if name.endswith(end):
            return rng.choice((we, we, "本单位", "本机关"))
    if name.endswith("健康委员会"):
        return rng.choice(("我委", "本机关"))
    return {"village": "我村", "town": "我镇" if "镇" in name else "我乡", "province": "我省"}.get(level, "本级政府")


def _level(level: str) -> Level:
    for known in ("village", "town", "district", "city"):
        if level == known:
            return known
    return "province"
