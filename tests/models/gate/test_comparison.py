"""What a comparison of new weights with old ones advises, and how it is kept."""

from __future__ import annotations

import json
from pathlib import Path

from models.gate.comparison import read_comparison
from tests.models.gate.runs import WORSE, compared


def test_no_gain_a_strict_kind_and_a_loss_in_doubt_are_refused(run: Path) -> None:
    same = compared(run, [True] * 1000, [True] * 1000)
    assert not same.promote
    assert same.reasons == ("nothing is gained on held-out",)
    one_lost = ([False] * 50 + [True] * 950, [True] * 50 + [False] + [True] * 949)
    assert compared(run, *one_lost).promote
    mixed = [True] * 1000, [True] * 999 + [False]
    strict = compared(run, *mixed, strict=("row",))
    assert "not one may be lost" in strict.reasons[0]
    few = compared(run, [True] * 20, [True] * 19 + [False])
    assert "cannot be ruled out" in few.reasons[0]


def test_a_comparison_is_kept_as_it_is(run: Path) -> None:
    found = compared(run, *WORSE)
    assert read_comparison(run / "comparison.json") == found
    assert (
        json.loads((run / "comparison.json").read_text(encoding="utf-8"))["sets"][0]["changes"][0]["verdict"] == "worse"
    )
