"""The figures of a report: heavy-tailed, most of them zero, every sum right; then, on request, a source error.

Values are in the units of the form's columns (money in yuan or 万元), and not negative but for a change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from random import Random

from extraction.forms.catalogue import Identity, template
from extraction.forms.printed_form import APPLICANTS, DISPUTES, outcome_rows, rows_of
from training.synthetic.content.agencies import Level

Values = dict[str, Decimal]

_REACH: Mapping[Level, float] = {"village": 0.7, "town": 1.4, "district": 2.6, "city": 3.6, "province": 4.2}
"""Powers of ten that an agency's requests may reach."""

_IDLE: Mapping[Level, float] = {"village": 0.9, "town": 0.65, "district": 0.35, "city": 0.12, "province": 0.03}
"""How often an agency has nothing at all of a kind."""


def draw_values(
    rng: Random,
    template_id: str,
    level: Level,
    one_row_other: bool,
    on: Collection[str] = (),
    before: Values | None = None,
) -> Values:
    """Return every figure of a form, all sums right.

    `on` are the switches that ask for certain figures; `before` are the same agency's figures of the year before, from
    which these continue.
    """
    values = {
        **_proactive(rng, template_id, level, on, before or {}),
        **_applications(rng, level, one_row_other, before or {}),
        **_disputes(rng, level),
    }
    if "header_overwritten" in on:
        values |= {i: Decimal(0) for i in values if i.startswith(DISPUTES)}
    broken = broken_sums(template_id, values)
    if broken:
        raise AssertionError(f"sums do not hold: {broken}")
    return values


def sums_of(template_id: str, values: Collection[str]) -> tuple[Identity, ...]:
    """Return the sums over the printed rows, of either form."""
    form = template(template_id)
    own = {f.id for f in form.fields}
    printed = set(values)
    return tuple(
        identity for identity in form.identities(printed - own) if printed.issuperset((*identity.left, *identity.right))
    )


def broken_sums(template_id: str, values: Mapping[str, Decimal]) -> list[str]:
    """Return the ids of the sums that fail."""
    return [
        identity.id
        for identity in sums_of(template_id, values)
        if sum(values[i] for i in identity.left) != sum(values[i] for i in identity.right)
    ]


def _count(rng: Random, reach: float, idle: float) -> int:
    """Return a heavy-tailed count below 10 ** reach, 0 with probability `idle`."""
    return 0 if rng.random() < idle else int(10 ** rng.triangular(0, reach, reach * 0.4))


def _amount(rng: Random, reach: float, idle: float, places: int) -> Decimal:
    """Return an amount of money with up to `places` decimals."""
    if rng.random() < idle:
        return Decimal(0)
    exact = Decimal(round(10 ** rng.uniform(reach / 3, reach), places)).quantize(Decimal(1).scaleb(-places))
    return plain(exact if rng.random() < 0.6 else exact.to_integral_value())


def plain(value: Decimal) -> Decimal:
    """Return the value without an exponent or trailing zeros."""
    value = value.normalize() + 0
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def _proactive(rng: Random, template_id: str, level: Level, on: Collection[str], before: Values) -> Values:
    reach, idle = _REACH[level], _IDLE[level]
    values: Values = {}
    for form in template(template_id).fields:
        if form.block.section != "proactive":
            continue
        values[form.id] = _figure(rng, form.row.id, form.column.id, reach, idle)
    if template_id == "2021":
        return _documents_in_force(values, before)
    for row in ("rules", "normative_documents"):
        made = values[f"proactive.{row}.made"]
        values[f"proactive.{row}.disclosed"] = made if rng.random() < 0.7 else made * rng.randint(0, 10) // 10
        total = f"proactive.{row}.disclosed_total"
        values[total] = before.get(total, values[total]) + values[f"proactive.{row}.disclosed"]
    for items in (i for i in values if i.endswith(".items_last_year") and i in before):
        values[items] = max(Decimal(0), before[items] + before[items.replace(".items_last_year", ".change")])
    changes = [i for i in values if i.endswith(".change")]
    if {"plus_sign", "sign_words"} & set(on) and not any(values[i] > 0 for i in changes):
        values[rng.choice(changes)] = Decimal(_count(rng, 2, 0))
    if "filled_alike" in on:
        for change in changes:
            values[change] = values[change.replace(".change", ".items_last_year")]
    return values


def _documents_in_force(values: Values, before: Values) -> Values:
    """Continue 现行有效 of the year before with this year's made and abolished documents."""
    for row in ("rules", "normative_documents"):
        issued, repealed, in_force = (f"proactive.{row}.{column}" for column in ("issued", "repealed", "in_force"))
        if in_force in before:
            values[repealed] = min(values[repealed], before[in_force] + values[issued])
            values[in_force] = before[in_force] + values[issued] - values[repealed]
    return values


def _figure(rng: Random, row: str, column: str, reach: float, idle: float) -> Decimal:
    """Return one figure of the 主动公开 table, by what it counts."""
    if column == "amount_yuan":
        return _amount(rng, reach + 4.5, idle, 2)
    if column == "fee_amount_wanyuan":
        return _amount(rng, reach + 1.5, 0.4 + idle / 2, rng.randint(1, 6))
    if column == "decisions":
        return Decimal(_count(rng, min(reach * 2, 8), idle))
    if column == "change":
        change = _count(rng, reach * 0.6, 0.55)
        return Decimal(-change if rng.random() < 0.35 else change)
    if row == "rules":
        return Decimal(_count(rng, reach * 0.35, max(idle, 0.75)))
    return Decimal(_count(rng, reach * 0.75, min(0.9, idle + 0.1)))


def _applications(rng: Random, level: Level, one_row_other: bool, before: Values) -> Values:
    """Return the 申请 table, column by column: received applications are divided among results and carry-over.

    上年结转 is the carry-over of the year before, where that is known.
    """
    parties = [c for c in APPLICANTS if c != "total"]
    outcomes = outcome_rows(one_row_other)
    weights = {r: rng.gammavariate(0.5, 1) if rng.random() < 0.5 else 0.0 for r in outcomes}
    weights[outcomes[0]] += 1.5
    received = _count(rng, _REACH[level], _IDLE[level])
    natural = rng.triangular(0.6, 1, 0.92)
    values: Values = {}
    for number, party in enumerate(parties):
        share = natural if number == 0 else (1 - natural) * rng.choice((0, 0, 0.2, 0.5, 0.8))
        new = round(received * share) if number == 0 or rng.random() < 0.7 else 0
        old = _count(rng, _REACH[level] * 0.5, 0.5) if new and number == 0 else int(rng.random() < 0.02 * _REACH[level])
        old = int(before.get(f"applications.carried_out.{party}", old))
        left = min(new + old, _count(rng, _REACH[level] * 0.4, 0.5))
        rows = _divided(rng, new + old - left, weights)
        rows |= {"applications.received": new, "applications.carried_in": old, "applications.carried_out": left}
        rows["applications.results.total"] = new + old - left
        values |= {f"{row}.{party}": Decimal(count) for row, count in rows.items()}
    for row in rows_of("2021", one_row_other):
        if row.startswith("applications."):
            values[f"{row}.total"] = sum((values[f"{row}.{party}"] for party in parties), Decimal(0))
    return values


def _divided(rng: Random, count: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Divide the count among the rows, about by their weights."""
    rows = dict.fromkeys(weights, 0)
    whole = sum(weights.values())
    for row, weight in weights.items():
        rows[row] = int(count * weight / whole)
    for _ in range(count - sum(rows.values())):
        rows[rng.choices(list(weights), list(weights.values()))[0]] += 1
    return rows


def _disputes(rng: Random, level: Level) -> Values:
    values: Values = {}
    for dispute in DISPUTES:
        parts = [_count(rng, _REACH[level] * 0.6, 0.3 + _IDLE[level] * 0.7) for _ in range(4)]
        if rng.random() < _IDLE[level] + 0.2:
            parts = [0, 0, 0, 0]
        results = ("upheld", "corrected", "other", "pending")
        values |= {f"{dispute}.{result}": Decimal(part) for result, part in zip(results, parts, strict=True)}
        values[f"{dispute}.total"] = Decimal(sum(parts))
    return values


# ---------------------------------------------------------------- source errors


def break_a_sum(rng: Random, template_id: str, values: Values, one_row_other: bool) -> tuple[str, Values]:
    """Return the kind of one realistic source error and the figures with it; some sum fails."""
    kinds = list(_ERRORS)
    rng.shuffle(kinds)
    for kind in kinds:
        wrong = dict(values)
        _ERRORS[kind](rng, wrong, outcome_rows(one_row_other))
        if broken_sums(template_id, wrong):
            return kind, wrong
    raise AssertionError("no error can be made")


def _results_from_nothing(rng: Random, values: Values, outcomes: list[str]) -> None:
    """Results of applications that nobody made: the column does not balance, its rows do."""
    party, extra = rng.choice(("enterprise", "other", "social_organization")), rng.randint(1, 20)
    for row in (rng.choice(outcomes), "applications.results.total"):
        values[f"{row}.{party}"] += extra
        values[f"{row}.total"] += extra


def _result_too_many(rng: Random, values: Values, outcomes: list[str]) -> None:
    """The results sum to more than （七）, which itself balances."""
    row = rng.choice(outcomes)
    extra = rng.randint(1, 3)
    values[f"{row}.natural_person"] += extra
    values[f"{row}.total"] += extra


def _dispute_total(rng: Random, values: Values, outcomes: list[str]) -> None:
    """总计 left at zero, or one too many."""
    dispute = rng.choice(DISPUTES)
    total = f"{dispute}.total"
    if values[total] == 0:
        values[f"{dispute}.{rng.choice(('upheld', 'corrected', 'pending'))}"] += rng.randint(1, 9)
    else:
        values[total] = Decimal(0) if rng.random() < 0.5 else values[total] + 1


def _row_total(rng: Random, values: Values, outcomes: list[str]) -> None:
    """The 总计 of a row is another figure."""
    row = rng.choice(("applications.received", *outcomes, "applications.carried_out"))
    values[f"{row}.total"] += rng.choice((1, 1, 2, 10))


def _digits_swapped(rng: Random, values: Values, outcomes: list[str]) -> None:
    """Two digits of a figure are swapped."""
    rows = [i for i in values if i.startswith("applications.") and len(set(str(values[i]))) > 1]
    if rows:
        field_id = rng.choice(rows)
        digits = list(str(values[field_id]))
        at = rng.choice([k for k in range(len(digits) - 1) if digits[k] != digits[k + 1]])
        digits[at], digits[at + 1] = digits[at + 1], digits[at]
        values[field_id] = Decimal("".join(digits))


def _forgotten_carry(rng: Random, values: Values, outcomes: list[str]) -> None:
    """结转下年度 is not counted, or one too many."""
    for column in ("natural_person", "total"):
        left = values[f"applications.carried_out.{column}"]
        values[f"applications.carried_out.{column}"] = left - 1 if left else Decimal(1)


_ERRORS: Mapping[str, Callable[[Random, Values, list[str]], None]] = {
    "results_from_nothing": _results_from_nothing,
    "result_too_many": _result_too_many,
    "dispute_total": _dispute_total,
    "row_total": _row_total,
    "digits_swapped": _digits_swapped,
    "forgotten_carry": _forgotten_carry,
}


def form_of(year: int, other: bool) -> str:
    """Return the form of reports of a year, or the other one."""
    return "2019" if (year <= 2020) != other else "2021"
