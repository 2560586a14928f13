"""A comparison of weights as one self-contained HTML page, in Chinese, for whoever decides about them."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from models.gate.comparison import MAX_POSSIBLE_LOSS, MAX_TOLERATED_LOSS, Comparison, Trial
from models.gate.outcomes import Change
from training.plots import COLOURS, Axis, interval_plot

_TEMPLATE = Path(__file__).with_suffix(".html")
_KINDS = {
    "row": "行名 rows",
    "column": "列名 columns",
    "heading": "部分标题 headings",
    "figures": "数字读对 figures",
    "not silent": "没有误当作可信的错读 not silently wrong",
    "blank or 0": "空白与零分清 blank or 0",
    "accepted": "读对且可信 right and sure",
    "other text": "其他文字不当作数字 other text",
}
_VERDICTS = {"better": "变好 better", "worse": "变差 worse", "chance": "可能是偶然 chance", "same": "不变 same"}


def render_page(comparison: Comparison) -> str:
    """Return the HTML page."""
    title = f"{comparison.weights}：新旧权重比较"
    body = (_head(comparison), *map(_set, comparison.sets), _notes(comparison))
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(title=escape(title), body="\n".join(body))


def _head(comparison: Comparison) -> str:
    word = "可以启用 promote" if comparison.promote else "不予启用 refuse"
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in comparison.reasons)
    about = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(said))}</dd>" for name, said in comparison.about.items())
    return (
        f"<h1>{escape(comparison.weights)}：新旧权重比较</h1>"
        f'<p class="verdict {"better" if comparison.promote else "worse"}">{word}</p><ul>{reasons}</ul>'
        f"<p>旧权重：版本 {comparison.old_version}（<code>{comparison.old[:12]}</code>）；"
        f"新权重：<code>{comparison.new[:12]}</code>。由 <code>{escape(comparison.command)}</code> 生成。</p>"
        f"<dl>{about}</dl>"
    )


def _set(tested: Trial) -> str:
    rows = "".join(map(_row, tested.changes))
    reach = max([0.005, *(abs(end) for c in tested.changes for end in (c.low, c.high))])
    axis = Axis("变化（百分点） change", low=-reach, high=reach, form=lambda value: f"{100 * value:+.2f}")
    kinds = [_KINDS.get(c.kind, c.kind) for c in tested.changes]
    plot = interval_plot(
        [kind.split()[-1] for kind in kinds],
        [("new - old", COLOURS[0], [(c.change, c.low, c.high) for c in tested.changes])],
        axis,
        width=720,
    )
    part = "留出部分 held out" if tested.held_out else "冻结集 frozen"
    return (
        f"<section><h2>{escape(tested.name)}（{part}）</h2><p>{escape(tested.about)}；{tested.reports} 份报告。</p>"
        "<table><thead><tr><th>类别</th><th>个数</th><th>旧</th><th>新</th><th>变化与 95% 区间</th>"
        "<th>由错变对</th><th>由对变错</th><th>p</th><th>判断</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>{plot}</section>"
    )


def _row(change: Change) -> str:
    cells = (
        f"{change.things:,}",
        f"{change.old:.2%}",
        f"{change.new:.2%}",
        f"{100 * change.change:+.2f}（{100 * change.low:+.2f} 到 {100 * change.high:+.2f}）",
        f"{change.gained:,}",
        f"{change.lost:,}",
        f"{change.chance:.2g}",
    )
    return (
        f"<tr><td>{escape(_KINDS.get(change.kind, change.kind))}</td>"
        + "".join(f'<td class="n">{cell}</td>' for cell in cells)
        + f'<td class="{change.verdict}">{_VERDICTS[change.verdict]}</td></tr>'
    )


def _notes(comparison: Comparison) -> str:
    strict = f"“{'”“'.join(_KINDS.get(k, k) for k in comparison.strict)}”一个也不许变差。" if comparison.strict else ""
    return (
        '<section><h2>怎样判断</h2><p class="soft">同一批标签、格子由新旧权重各认一次，逐个比较。'
        "区间由报告的自助法（bootstrap）得出；"
        "p 为 McNemar 精确检验。冻结集从不参加训练。"
        f"任何一类变差超过偶然且达 {MAX_TOLERATED_LOSS:.1%}，或在冻结集上不能排除 {MAX_POSSIBLE_LOSS:.0%} 的损失，"
        f"或留出部分没有任何改进，都不予启用。"
        f"{escape(strict)}</p></section>"
    )
