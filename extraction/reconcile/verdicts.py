"""The check of every sum of a reconciled report, with an explanation in Chinese and English for who looks at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from extraction.document import Check, Explanation, Field, Status, Verdict
from extraction.forms.catalogue import Identity, field_forms
from extraction.forms.identities import evaluate, sum_text
from extraction.reconcile.beliefs import Belief

MAX_RIVALS_NAMED = 3  # other readings of a corrected figure that the explanation names
MIN_RIVAL_PROBABILITY = 0.0005  # posterior probability from which it names one


def explained_checks(
    identities: Sequence[Identity], before: Iterable[Field], after: Iterable[Field], beliefs: Mapping[str, Belief]
) -> tuple[Check, ...]:
    """The check of each identity over the fields `after` reconciliation; `before` are the fields as they were read,
    `beliefs` (by field id) the posteriors of those that were examined."""
    read, now = {f.id: f for f in before}, {f.id: f for f in after}
    return tuple(_check(identity, read, now, beliefs) for identity in identities)


def _check(
    identity: Identity, read: Mapping[str, Field], now: Mapping[str, Field], beliefs: Mapping[str, Belief]
) -> Check:
    check = evaluate(identity, now)
    parts = [now[i] for i in (*identity.left, *identity.right)]
    in_doubt = [f for f in parts if f.status is Status.REVIEW]
    changed = [f for f in parts if f.status in (Status.CORRECTED, Status.INFERRED)]
    if check.verdict is Verdict.HOLDS and any(not f.printed for f in in_doubt):
        check = replace(check, verdict=Verdict.UNRESOLVED)  # it holds by a value that nobody read
    if check.verdict is Verdict.HOLDS and changed:
        explanation = _corrected(_imbalance(identity, read), changed, beliefs)
        return replace(check, verdict=Verdict.CORRECTED, explanation=explanation)
    if check.verdict is Verdict.SOURCE_INCONSISTENT:
        zh, en = _imbalance(identity, now)
        zh, en = f"{zh}。各数字均识别无疑，是报告原文不符，保留原文。", f"{en}. Every figure was read surely: "
        return replace(check, explanation=Explanation(zh, f"{en}the report itself is wrong, and stays as printed."))
    if check.verdict is Verdict.UNRESOLVED:
        return replace(check, explanation=_unresolved(_imbalance(identity, now), in_doubt))
    return check


def _corrected(imbalance: tuple[str, str], changed: Sequence[Field], beliefs: Mapping[str, Belief]) -> Explanation:
    zh, en = imbalance
    zh, en = (f"按最初识别，{zh}。" if zh else ""), (f"As first read, {en}. " if en else "")
    for field in changed:
        name = _name(field)
        if field.status is Status.INFERRED:
            zh += f"「{name}」无法辨认，各项勾稽关系只容许 {field.value}。"
            en += f"{name!r} cannot be read; the sums leave {field.value} only. "
            continue
        rivals_zh, rivals_en = _rivals(beliefs.get(field.id), field)
        zh += f"「{name}」由“{field.reading}”改为“{field.printed}”，把握 {field.confidence:.2%}{rivals_zh}。"
        en += f"{name!r} was changed from {field.reading!r} to {field.printed!r}, "
        en += f"{field.confidence:.2%} sure{rivals_en}. "
    return Explanation(zh, en.strip())


def _unresolved(imbalance: tuple[str, str], in_doubt: Sequence[Field]) -> Explanation:
    zh, en = imbalance
    zh, en = (f"{zh}。" if zh else ""), (f"{en}. " if en else "")
    readings = [(_name(f), "/".join(c.text or "—" for c in f.candidates) or "?") for f in in_doubt]
    return Explanation(
        f"{zh}请核对：" + "，".join(f"「{name}」（可能是 {said}）" for name, said in readings) + "。",
        f"{en}To be looked at: " + ", ".join(f"{name!r} (may be {said})" for name, said in readings) + ".",
    )


def _imbalance(identity: Identity, fields: Mapping[str, Field]) -> tuple[str, str]:
    """By how much a sum fails, in Chinese and English; empty where it holds or has a cell without a value."""
    sides = [[fields[i] for i in side] for side in (identity.left, identity.right)]
    left, right = (sum(f.value or 0 for f in side) for side in sides)
    if left == right or any(f.value is None for side in sides for f in side):
        return "", ""
    texts = [sum_text(side) for side in sides]
    return (
        f"{texts[0]} = {left}，而 {texts[1]} = {right}，相差 {abs(left - right)}",
        f"{texts[0]} is {left}, but {texts[1]} is {right}: {abs(left - right)} apart",
    )


def _rivals(belief: Belief | None, field: Field) -> tuple[str, str]:
    """The other readings of a corrected figure with their probabilities, in Chinese and English."""
    if belief is None:
        return "", ""
    options = zip(belief.probabilities, belief.figure.options, strict=True)
    likely = [(p, o.printed or "—") for p, o in options if o.value != field.value and p >= MIN_RIVAL_PROBABILITY]
    if not likely:
        return "，其他读法均不成立", "; no other reading explains the sums"
    rivals = sorted(likely, reverse=True)[:MAX_RIVALS_NAMED]
    return (
        "；另考虑过 " + "、".join(f"“{text}”（{p:.2%}）" for p, text in rivals),
        "; also weighed: " + ", ".join(f"{text!r} ({p:.2%})" for p, text in rivals),
    )


def _name(field: Field) -> str:
    form = field_forms().get(field.id)
    return form.label if form else field.label
