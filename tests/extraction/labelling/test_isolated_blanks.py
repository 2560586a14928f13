"""A bare cell among printed ones goes to a person; blanks that an agency leaves stay blank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from extraction.document import Field, Status
from extraction.forms.catalogue import template
from extraction.labelling.isolated_blanks import with_isolated_blanks_doubted

FORMS = template("2021").fields
APPLICATIONS = [f.id for f in FORMS if f.id.startswith("applications")]


def fields(is_bare: Callable[[str], bool], blank: str = "") -> list[Field]:
    """Those of the 2021 form on page 1, all printed as 0 but the bare ones."""
    return [
        Field(f.id, f.label, None, blank, Status.BLANK, 0.9998, 1)
        if is_bare(f.id)
        else Field(f.id, f.label, Decimal(0), "0", Status.READ, 0.9999, 1)
        for f in FORMS
    ]


def doubted(given: list[Field], page: int = 1) -> set[str]:
    return {f.id for f in with_isolated_blanks_doubted(given, frozenset({page})) if f.in_doubt}


@pytest.mark.parametrize("bare", [APPLICATIONS[0], APPLICATIONS[33], "review.total"])
def test_a_lone_bare_cell_of_a_scan_is_in_doubt(bare: str) -> None:
    assert doubted(fields(lambda i: i == bare)) == {bare}


def test_a_dash_is_print() -> None:
    assert doubted(fields(lambda i: i == APPLICATIONS[9], blank="—")) == set()


def test_a_bare_cell_of_a_page_with_text_is_blank() -> None:
    assert doubted(fields(lambda i: i == APPLICATIONS[9]), page=2) == set()


def test_blanks_of_an_agency_that_leaves_many_stay() -> None:
    every_fifth = set(APPLICATIONS[::5])
    assert doubted(fields(lambda i: i in every_fifth)) == set()


def test_a_row_that_is_blank_altogether_stays() -> None:
    assert doubted(fields(lambda i: i.startswith("applications.results.granted."))) == set()


def test_what_is_missing_or_for_review_stays_so() -> None:
    given = fields(lambda i: i == APPLICATIONS[9])
    given[0] = replace(given[0], status=Status.MISSING)
    found = with_isolated_blanks_doubted(given, frozenset({1}))
    assert [f for f in found if f.id != APPLICATIONS[9]] == [f for f in given if f.id != APPLICATIONS[9]]


def test_a_lone_bare_cell_of_a_row_of_the_other_form() -> None:
    """（六）其他处理 as one row: the contract has it at the end, but it stands among the applications."""
    other = [f for f in template("2019").fields if f.row.id == "results.other"]
    row = [Field(f.id, f.label, Decimal(0), "0", Status.READ, 0.9999, 1) for f in other]
    row[2] = replace(row[2], value=None, printed="", status=Status.BLANK)
    assert doubted([*fields(lambda i: False), *row]) == {row[2].id}
