"""What annotated reports teach of the wording of rows and columns, and what reading makes of it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from extraction.document import Label
from models.wordings import FILE, Wordings
from training.labeller.aligned import Trial, drawn, scored
from training.labeller.data.provincial import provincial
from training.labeller.data.wordings import annotated_wordings, write_wordings
from training.synthetic.content.report import draft_report

ROW = "row.licensing_2019.administrative_licensing"
NEW: Wordings = ((ROW, ("准入审批",)),)


def test_a_new_wording_is_taught_and_the_forms_own_is_not() -> None:
    reports = [
        [Label(ROW, "准入审批")],
        [Label(ROW, "准入 审批"), Label("heading.other", "己、补充说明")],
        [Label(ROW, "行政许可")],
    ]
    assert annotated_wordings(reports) == NEW


def test_parts_of_a_label_are_one_and_a_single_character_is_none() -> None:
    assert annotated_wordings([[Label(ROW, "准入", 1), Label(ROW, "审批", 1)], [Label(ROW, "许", 2)]]) == NEW


def test_what_may_be_another_row_is_not_taught() -> None:
    other = "row.licensing_2019.other_external_services"
    assert annotated_wordings([[Label(ROW, "办件"), Label(other, "办件")]]) == ()
    form_of_other = "其他对外管理服务事项"
    assert annotated_wordings([[Label(ROW, form_of_other)]]) == ()


def test_columns_that_the_form_words_alike_may_be_worded_alike() -> None:
    names = [f"column.review_litigation.{of}.upheld" for of in ("review", "litigation_direct")]
    found = dict(annotated_wordings([[Label(name, "站得住") for name in names]]))
    assert set(found.values()) <= {("站得住",)}
    assert "column.review_litigation.review.upheld" in found


def test_they_are_written_beside_a_network(tmp_path: Path) -> None:
    write_wordings(tmp_path, ())
    assert not (tmp_path / FILE).exists()
    write_wordings(tmp_path, NEW)
    assert json.loads((tmp_path / FILE).read_text(encoding="utf-8")) == {ROW: ["准入审批"]}


@pytest.mark.parametrize("seed", [71_000_001, 71_000_004])
def test_one_annotated_report_tells_most_rows_of_another_agencys(seed: int) -> None:
    annotated = provincial(draft_report(70_000_000, "train"))
    cells = [c for part in annotated.parts if hasattr(part, "rows") for row in part.rows for c in row]
    wordings = annotated_wordings([[Label(c.label, c.text) for c in cells if c.label and c.text]])
    draft = provincial(draft_report(seed, "dev"))
    tables = drawn(draft, Trial(), Random(seed))
    before = Counter(scored(draft, tables, tables.regions))
    after = Counter(scored(draft, tables, tables.regions, wordings))
    assert before["row right"] < 0.1 * before["row"]
    assert after["row right"] > 0.8 * after["row"]
    assert after["silent"] == 0
