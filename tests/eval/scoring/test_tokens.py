"""Labels as entities: found as a whole and named right, whatever characters were read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.scoring.tokens import TokenCount, TokenScore, token_score
from extraction.document import Label
from extraction.geometry import Box

pytest.importorskip("seqeval", reason="seqeval is not installed")

TITLE = Label("title", "青峰区水利局2020年政府信息公开工作年度报告", 1, Box(100, 50, 500, 70))
NAME = Label("organization", "青峰区水利局", 1, Box(100, 50, 220, 70))
RULES = Label("row.documents_2021.rules", "规章", 1, Box(50, 200, 150, 220))
COERCION = Label("row.penalties_2021.administrative_coercion", "行政强制", 2, Box(50, 200, 150, 220))
TOTALS = tuple(
    Label(f"column.review_litigation.{part}.total", "总计", 3, Box(100 + 100 * k, 50, 140 + 100 * k, 70))
    for k, part in enumerate(("review", "litigation_direct", "litigation_after_review"))
)
GOLD = (TITLE, NAME, RULES, COERCION, *TOTALS)


def counts(*predicted: Label, gold: tuple[Label, ...] = GOLD) -> dict[str, tuple[int, int, int]]:
    return {kind: (c.gold, c.predicted, c.right) for kind, c in token_score(gold, predicted).kinds.items()}


def test_the_same_labels_are_perfect() -> None:
    score = token_score(GOLD, GOLD[::-1])
    assert counts(*GOLD) == {"column": (3, 3, 3), "organization": (1, 1, 1), "row": (2, 2, 2), "title": (1, 1, 1)}
    assert (score.total.precision, score.total.recall, score.total.f1) == (1.0, 1.0, 1.0)


def test_misread_characters_are_the_same_entity() -> None:
    assert counts(replace(RULES, text="规草"), gold=(RULES,)) == {"row": (1, 1, 1)}
    assert counts(replace(TITLE, text="青峰区水利局2O20年政府信息 公开工作年废报告，"), gold=(TITLE,)) == {
        "title": (1, 1, 1)
    }


def test_another_name_is_wrong_twice() -> None:
    assert counts(replace(RULES, name="row.documents_2021.normative_documents"), gold=(RULES,)) == {"row": (1, 1, 0)}


def test_swapped_columns_are_wrong() -> None:
    swapped = (replace(TOTALS[0], name=TOTALS[1].name), replace(TOTALS[1], name=TOTALS[0].name), TOTALS[2])
    assert counts(*swapped, gold=TOTALS) == {"column": (3, 3, 1)}


def test_missed_and_invented() -> None:
    elsewhere = replace(RULES, box=Box(300, 400, 400, 420))
    assert counts(elsewhere, gold=(RULES,)) == {"row": (1, 1, 0)}
    assert counts(gold=(RULES, COERCION)) == {"row": (2, 0, 0)}
    assert counts(RULES, gold=()) == {"row": (0, 1, 0)}
    assert counts(replace(RULES, page=2), gold=(RULES,)) == {"row": (1, 1, 0)}
    assert token_score([], []).total.f1 is None


def test_a_label_cut_short_or_run_on_is_another_entity() -> None:
    short = replace(TITLE, text="青峰区水利局2020年")
    assert counts(short, gold=(TITLE,)) == {"title": (1, 1, 0)}
    run_on = replace(TITLE, text="索引号：" + TITLE.text)
    assert counts(run_on, gold=(TITLE,)) == {"title": (1, 1, 0)}


def test_lines_of_a_title_are_one_entity() -> None:
    lines = (
        Label("title", "青峰区水利局2020年", 1, Box(100, 50, 300, 70)),
        Label("title", "政府信息公开工作年度报告", 1, Box(80, 80, 320, 100)),
    )
    whole = Label("title", TITLE.text, 1, Box(80, 50, 320, 100))
    assert counts(*lines[::-1], gold=(whole,)) == {"title": (1, 1, 1)}
    assert counts(lines[0], gold=lines) == {"title": (1, 1, 0)}


def test_labels_without_boxes_are_paired_by_text_and_name() -> None:
    bare = tuple(replace(label, page=None, box=None) for label in GOLD)
    assert counts(*bare[::-1], gold=bare) == counts(*GOLD)
    assert counts(*bare[1:], gold=bare)["title"] == (1, 0, 0)


def test_scores_add() -> None:
    parts = [token_score((RULES,), (RULES,)), token_score((RULES, NAME), ())]
    assert parts[0] + parts[1] == TokenScore({"organization": TokenCount(1, 0, 0), "row": TokenCount(2, 1, 1)})
    assert (parts[0] + parts[1]).total.f1 == 2 * 1 / (3 + 1)
    assert TokenScore() + parts[0] == parts[0]
