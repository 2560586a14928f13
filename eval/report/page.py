"""The scores as one self-contained HTML page: tables, plots, the form as a heat map, the worst cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from eval.report.crops import Crop
from eval.report.heat import form_map, is_printed, scale
from eval.report.table import percent
from eval.scoring.metrics import METRICS
from extraction.forms.catalogue import Block, field_forms, template, template_ids
from training.plots import Axis, Series, colour, interval_plot, legend, line_plot, round_up

_TEMPLATE = Path(__file__).with_suffix(".html")
_OF_FIELDS = ("field_accuracy", "silent_rate", "review_share", "missed_share")
_OF_REPORTS = ("reports_perfect", "reports_sound")
_HEADINGS = {
    "field_accuracy": "as printed 准确率",
    "silent_rate": "silent errors 静默错误",
    "review_share": "to review 待人工核对",
    "missed_share": "missed 漏读",
    "reports_perfect": "perfect 全对",
    "reports_sound": "no silent error 无静默错误",
}
_NOTES = (
    ("as printed", "The field says what is printed; the best guess of a field for review counts too."),
    ("silent error 静默错误", "Wrong, or not in the report at all, and not marked for review: what must not be."),
    ("to review 待人工核对", "A person must look, whether the best guess is right or wrong."),
    ("missed 漏读", "Printed, and not found. All fields of a document that could not be read are missed, none silent."),
    ("perfect", "Every field, the organization, year and form right, and nothing left to a person."),
    ("no silent error", "Perfect, or whatever is wrong is marked. A document that could not be read is among these."),
    (
        "95% interval",
        "By 1000 bootstrap resamples over reports: how it would vary with other reports; wider for a few.",
    ),
    ("ECE", "Expected calibration error: how far confidence and the share that is right lie apart, on average."),
    ("risk and coverage", "Were only the surest fields accepted: what share of them is wrong. Lower is better."),
)

Engines = Mapping[str, Any]


def render_page(scores: Mapping[str, Any], crops: Sequence[Crop]) -> str:
    """Return the HTML page of a run's scores with crops of its worst cells."""
    engines, dataset = scores["engines"], scores["dataset"]
    parts = (
        _head(scores),
        _section("summary", "All documents 总体", _summary(engines)),
        _section("levels", "By level 按清晰程度", _levels(engines)),
        _section("tables", "By table 按表格", _groups(engines, "tables", _table_names(engines))),
        _section("form", "By cell of the form 按单元格", _forms(engines)),
        _section("trust", "How far a confidence can be trusted 置信度", _trust(engines)),
        _section("details", "Everything else 其他指标", _details(engines)),
        _section("speed", "Seconds a page 每页秒数", _speed(engines)),
        _section("against", "Against the earlier run 与先前结果比较", _against(scores)) if "against" in scores else "",
        _section("worst", "The worst cells 最差单元格", _crops(crops)),
        _section("notes", "What the words mean 说明", _notes()),
    )
    title = escape(f"Gouji evaluation: {dataset['name']}")
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(title=title, body="\n".join(parts))


def _head(scores: Mapping[str, Any]) -> str:
    dataset = scores["dataset"]
    split = f", split {dataset['split']}" if dataset["split"] else ""
    versions = ", ".join(f"{name} {number}" for name, number in scores["versions"].items())
    links = (("summary", "all"), ("levels", "levels"), ("tables", "tables"), ("form", "form"), ("trust", "confidence"))
    more = (("details", "details"), ("speed", "speed"), ("worst", "worst cells"), ("notes", "notes"))
    nav = "".join(f'<a href="#{place}">{name}</a>' for place, name in (*links, *more))
    return (
        f"<h1>Gouji evaluation: {escape(dataset['name'])}{escape(split)}</h1>"
        f"<p>{dataset['documents']:,} documents of {dataset['reports']:,} reports with {dataset['fields']:,} fields; "
        f"levels {escape(', '.join(dataset['levels']))}; data set {escape(dataset['id'])}.</p>"
        f'<p class="soft">Made by <code>{escape(scores["command"])}</code> with {escape(versions)}; '
        f"{scores['workers']} at work.</p><nav>{nav}</nav>"
    )


def _section(place: str, title: str, body: str) -> str:
    return f'<section id="{place}"><h2>{escape(title)}</h2>{body}</section>'


def _summary(engines: Engines) -> str:
    shown = (*_OF_FIELDS, *_OF_REPORTS)
    rows = [
        [_name(name), _n(f"{e['counts']['reports']:,}"), _n(f"{e['counts']['fields']:,}")]
        + [_share(e["metrics"][metric]) for metric in shown]
        for name, e in engines.items()
    ]
    return _table(["engine", "documents", "fields", *(_HEADINGS[m] for m in shown)], rows)


def _levels(engines: Engines) -> str:
    groups = _all_of(engines, "levels")
    values = []
    for k, (name, engine) in enumerate(engines.items()):
        found = [engine["levels"].get(level) for level in groups]
        values.append((name, colour(k), [None if f is None else _three(f["metrics"]["field_accuracy"]) for f in found]))
    lowest = min((i[1] for _, _, each in values for i in each if i is not None), default=0.0)
    axis = Axis("fields as printed", low=max(0.0, int(lowest * 20 - 0.001) / 20))
    plot = legend([(name, colour(k)) for k, name in enumerate(engines)])
    plot += interval_plot(groups, values, axis, width=760)
    macro = " · ".join(f"{escape(n)} {percent(e['macro']['field_accuracy']['value'])}" for n, e in engines.items())
    note = f'<p class="soft">Fields as printed, each level counting alike (macro 宏平均): {macro}.</p>'
    return plot + note + _groups(engines, "levels", {g: g for g in groups})


def _groups(engines: Engines, kind: str, names: Mapping[str, str]) -> str:
    rows = []
    for group in _all_of(engines, kind):
        own = [(name, e[kind][group]) for name, e in engines.items() if group in e[kind]]
        for k, (name, found) in enumerate(own):
            first = [f'<th rowspan="{len(own)}">{escape(names[group])}</th>'] if k == 0 else []
            metrics = [_share(found["metrics"][metric]) for metric in _OF_FIELDS]
            rows.append([*first, _name(name), _n(f"{found['counts']['fields']:,}"), *metrics])
    return _table([kind[:-1], "engine", "fields", *(_HEADINGS[m] for m in _OF_FIELDS)], rows)


def _forms(engines: Engines) -> str:
    parts = [scale()]
    for name, engine in engines.items():
        for form in (template(t) for t in reversed(template_ids())):
            if is_printed(form, engine["fields"]):
                title = f"{name}: form of {form.id} {form.name}"
                opened = " open" if len(parts) == 1 else ""
                body = form_map(form, engine["fields"])
                parts.append(f"<details{opened}><summary>{escape(title)}</summary>{body}</details>")
    return "".join(parts)


def _trust(engines: Engines) -> str:
    names = [(name, colour(k)) for k, name in enumerate(engines)]
    bins, curves, rows = [], [], []
    for k, (name, engine) in enumerate(engines.items()):
        known = engine["calibration"]
        most = max((n for _, _, n in known["bins"]), default=1)
        dots = [(mean, share) for mean, share, _ in known["bins"]]
        bins.append(Series(name, colour(k), dots, [3 + 9 * (n / most) ** 0.5 for _, _, n in known["bins"]]))
        curve = [(x, y) for x, y in known["curve"]]
        curves.append(Series(name, colour(k), [(0.0, curve[0][1]), *curve] if curve else []))
        rows.append([_name(name), _n(percent(known["ece"])), _n(percent(known["area"], 3))])
    highest = max((risk for s in curves for _, risk in s.points), default=0.0)
    reliability = line_plot(bins, Axis("confidence"), Axis("share as printed"), diagonal=True, size=(430, 340))
    risk = line_plot(
        curves,
        Axis("coverage: fields accepted"),
        Axis("risk: wrong among them", high=round_up(highest)),
        size=(430, 340),
    )
    return (
        legend(names)
        + f'<div class="side"><figure>{reliability}<figcaption>Reliability 可靠性图: on the line, a confidence is what '
        f"it says; dots grow with the number of fields</figcaption></figure><figure>{risk}<figcaption>Risk and "
        "coverage 风险—覆盖率</figcaption></figure></div>"
        + _table(["engine", "ECE", "area under risk and coverage"], rows)
    )


def _details(engines: Engines) -> str:
    rows = [
        [f"<td>{escape(form.title)}</td>", *(_share(e["metrics"][metric]) for e in engines.values())]
        for metric, form in METRICS.items()
        if metric not in (*_OF_FIELDS, *_OF_REPORTS)
    ]
    structure = (
        ("f1_50", "cells found, F1 at IoU 0.5"),
        ("f1_75", "cells found, F1 at IoU 0.75"),
        ("grits_top", "table structure, GriTS_Top"),
        ("grits_con", "table content, GriTS_Con"),
    )
    rows += [
        [f"<td>{title}</td>", *(_n(percent(e["structure"][name])) for e in engines.values())]
        for name, title in structure
    ]
    kinds = list(dict.fromkeys(kind for e in engines.values() for kind in e["tokens"]))
    rows += [
        [f"<td>labels found, F1 (seqeval): {escape(kind)}</td>"]
        + [_n(percent(e["tokens"].get(kind, {}).get("f1"))) for e in engines.values()]
        for kind in kinds
    ]
    return _table(["", *engines], rows)


def _speed(engines: Engines) -> str:
    levels = _all_of(engines, "levels")
    rows = [
        [_name(name), *(_n(_seconds(e["levels"].get(level))) for level in levels), _n(_seconds(e))]
        for name, e in engines.items()
    ]
    note = '<p class="soft">Measured while the other workers were busy; compare engines of one run only.</p>'
    return _table(["engine", *levels, "all"], rows) + note


def _against(scores: Mapping[str, Any]) -> str:
    rows = []
    for d in scores["against"]["differences"]:
        main = d["scope"] == "all" and d["metric"] in (*_OF_FIELDS, *_OF_REPORTS)
        if d["change"] is None or not (main or d["verdict"] in ("better", "worse")):
            continue
        change = f"{100 * d['change']:+.2f} <small>({100 * d['low']:+.2f} to {100 * d['high']:+.2f})</small>"
        rows.append(
            [
                *(_name(text) for text in (d["engine"], d["scope"], METRICS[d["metric"]].title)),
                *(_n(percent(d[run])) for run in ("old", "new")),
                f'<td class="n {d["verdict"]}">{change}</td>',
                f'<td class="{d["verdict"]}">{d["verdict"]}</td>',
            ]
        )
    note = (
        f"<p>Compared with <code>{escape(scores['against']['path'])}</code>, each document with itself. Shown are the "
        "main shares, and every other one whose 95% interval leaves out 0; about 5 in 100 would by chance.</p>"
    )
    return note + _table(["engine", "scope", "share", "old", "new", "change", "verdict"], rows)


def _crops(crops: Sequence[Crop]) -> str:
    if not crops:
        return "<p>No field that is not as printed has a place on a page.</p>"
    return f'<div class="crops">{"".join(map(_crop, crops))}</div>'


def _crop(crop: Crop) -> str:
    fault = crop.fault
    wanted, found = fault.field.wanted, fault.field.found
    printed = "nothing: the report has no such cell" if wanted is None else _quoted(wanted.printed)
    read = "nothing" if found is None else f"{_quoted(found.printed)} ({found.status}, {found.confidence:.3f})"
    tag = '<b class="tag">silent</b> ' if fault.silent else ""
    form = field_forms().get(fault.field.id)
    return (
        f'<div class="crop{" silent" if fault.silent else ""}"><img alt="the cell on its page" src="{crop.picture}">'
        f"{tag}printed <b>{printed}</b>, read <b>{read}</b><br>"
        f"{escape(form.label if form else fault.field.id)}<br>"
        f'<span class="soft">{escape(fault.engine)} · {escape(fault.case.id)} · {escape(fault.case.gold.level)} · '
        f"{escape(fault.field.outcome)}</span></div>"
    )


def _quoted(text: str) -> str:
    return f"“{escape(text)}”" if text else "blank"


def _notes() -> str:
    return "<dl>" + "".join(f"<dt>{escape(word)}</dt><dd>{escape(said)}</dd>" for word, said in _NOTES) + "</dl>"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(h)}</th>" for h in headings)
    body = "".join(f"<tr{_first(row)}>{''.join(row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _first(row: Sequence[str]) -> str:
    return ' class="first"' if row and row[0].startswith("<th rowspan") else ""


def _share(interval: Mapping[str, float | None]) -> str:
    three = _three(interval)
    if three is None:
        return _n("–")
    value, low, high = three
    return f'<td class="n">{percent(value)}<small>{100 * low:.1f}–{100 * high:.1f}</small></td>'


def _name(text: str) -> str:
    return f'<td class="name">{escape(text)}</td>'


def _n(text: str) -> str:
    return f'<td class="n">{escape(text)}</td>'


def _three(interval: Mapping[str, float | None]) -> tuple[float, float, float] | None:
    value, low, high = interval["value"], interval["low"], interval["high"]
    return None if value is None or low is None or high is None else (value, low, high)


def _seconds(group: Mapping[str, Any] | None) -> str:
    seconds = group["speed"]["seconds_a_page"] if group else None
    return "–" if seconds is None else f"{seconds:.2f}"


def _all_of(engines: Engines, kind: str) -> list[str]:
    return list(dict.fromkeys(group for e in engines.values() for group in e[kind]))


def _table_names(engines: Engines) -> dict[str, str]:
    blocks: dict[str, Block] = {f.block.id: f.block for f in field_forms().values()}
    return {name: f"{name} {blocks[name].table}" if name in blocks else name for name in _all_of(engines, "tables")}
