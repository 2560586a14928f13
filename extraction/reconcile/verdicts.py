"""What became of every sum, in the contract's words and in sentences for the person who looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from extraction.document import Check, Explanation, Field, Status, Verdict
from extraction.forms.catalogue import Identity, field_forms
from extraction.forms.identities import evaluate, sum_text
from extraction.reconcile.beliefs import Belief

_CHANGED = (Status.CORRECTED, Status.INFERRED)
_WEIGHED = 3  # alternatives that are named
_WORTH = 0.0005  # probability from which one is


def judged(
    identities: Sequence[Identity], before: Sequence[Field], after: Sequence[Field], beliefs: Mapping[str, Belief]
) -> tuple[Check, ...]:
    """The check of each sum over the fields as they are now; `before` are the fields as they were read."""
    read, now = {f.id: f for f in before}, {f.id: f for f in after}
    return tuple(_judged(identity, read, now, beliefs) for identity in identities)


def _judged(
    identity: Identity, read: Mapping[str, Field], now: Mapping[str, Field], beliefs: Mapping[str, Belief]
) -> Check:
    check = evaluate(identity, now)
    parts = [now[i] for i in (*identity.left, *identity.right)]
    if check.verdict is Verdict.HOLDS and any(f.status is Status.REVIEW and not f.printed for f in parts):
        check = replace(check, verdict=Verdict.UNRESOLVED)  # by a value that nobody read
    if check.verdict is Verdict.HOLDS:
        changed = [f for f in parts if f.status in _CHANGED]
        if not changed:
            return check
        return replace(check, verdict=Verdict.CORRECTED, explanation=_put_right(identity, read, changed, beliefs))
    if check.verdict is Verdict.SOURCE_INCONSISTENT:
        return replace(check, explanation=_wrong_in_print(identity, now))
    if check.verdict is Verdict.UNRESOLVED:
        doubted = [f for f in parts if f.status is Status.REVIEW]
        return replace(check, explanation=_left_open(identity, now, doubted))
    return check


def _put_right(
    identity: Identity, read: Mapping[str, Field], changed: Sequence[Field], beliefs: Mapping[str, Belief]
) -> Explanation:
    zh, en = _failing(identity, read)
    zh, en = (f"按最初识别，{zh}。" if zh else ""), (f"As first read, {en}. " if en else "")
    for field in changed:
        name = _name(field)
        if field.status is Status.INFERRED:
            zh += f"「{name}」无法辨认，各项勾稽关系只容许 {field.value}。"
            en += f"{name!r} cannot be read; the sums leave {field.value} only. "
            continue
        others_zh, others_en = _weighed(beliefs.get(field.id), field)
        zh += f"「{name}」由“{field.reading}”改为“{field.printed}”，把握 {field.confidence:.2%}{others_zh}。"
        en += f"{name!r} was changed from {field.reading!r} to {field.printed!r}, "
        en += f"{field.confidence:.2%} sure{others_en}. "
    return Explanation(zh, en.strip())


def _wrong_in_print(identity: Identity, now: Mapping[str, Field]) -> Explanation:
    zh, en = _failing(identity, now)
    return Explanation(
        f"{zh}。各数字均识别无疑，是报告原文不符，保留原文。",
        f"{en}. Every figure was read surely: the report itself is wrong, and stays as printed.",
    )


def _left_open(identity: Identity, now: Mapping[str, Field], doubted: Sequence[Field]) -> Explanation:
    zh, en = _failing(identity, now)
    named = [(_name(f), "/".join(c.text or "—" for c in f.candidates) or "?") for f in doubted]
    return Explanation(
        (f"{zh}。" if zh else "")
        + "请核对："
        + "，".join(f"「{name}」（可能是 {said}）" for name, said in named)
        + "。",
        (f"{en}. " if en else "")
        + "To be looked at: "
        + ", ".join(f"{name!r} (may be {s})" for name, s in named)
        + ".",
    )


def _failing(identity: Identity, fields: Mapping[str, Field]) -> tuple[str, str]:
    """That a sum fails, and by how much; nothing where it does not or cannot be told."""
    sides = [[fields[i] for i in side] for side in (identity.left, identity.right)]
    if any(f.value is None for side in sides for f in side):
        return "", ""
    left, right = (sum(f.value or 0 for f in side) for side in sides)
    if left == right:
        return "", ""
    texts = [sum_text(side) for side in sides]
    return (
        f"{texts[0]} = {left}，而 {texts[1]} = {right}，相差 {abs(left - right)}",
        f"{texts[0]} is {left}, but {texts[1]} is {right}: {abs(left - right)} apart",
    )


def _weighed(belief: Belief | None, field: Field) -> tuple[str, str]:
    """The alternatives that were weighed and found wanting."""
    if belief is None:
        return "", ""
    others = sorted(
        (
            (p, o.printed or "—")
            for o, p in zip(belief.figure.options, belief.probabilities, strict=True)
            if o.value != field.value and p >= _WORTH
        ),
        reverse=True,
    )[:_WEIGHED]
    if not others:
        return "，其他读法均不成立", "; no other reading explains the sums"
    return (
        "；另考虑过 " + "、".join(f"“{text}”（{p:.2%}）" for p, text in others),
        "; also weighed: " + ", ".join(f"{text!r} ({p:.2%})" for p, text in others),
    )


def _name(field: Field) -> str:
    form = field_forms().get(field.id)
    return form.label if form else field.label
