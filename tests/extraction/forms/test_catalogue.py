import json
from pathlib import Path

import pytest

from extraction.forms.catalogue import field_forms, sections, template, template_ids

CONTRACT = json.loads((Path(__file__).parents[2] / "golden" / "fields.json").read_text(encoding="utf-8"))["templates"]


@pytest.mark.parametrize("template_id", ["2019", "2021"])
def test_fields_are_the_contracts(template_id: str) -> None:
    ours = [
        {"id": f.id, "section": f.block.section, "table": f.block.table, "label": f.label, "unit": str(f.unit)}
        for f in template(template_id).fields
    ]
    assert ours == CONTRACT[template_id]["fields"]


def test_counts_of_the_forms() -> None:
    assert template_ids() == ("2019", "2021")
    assert len(template("2019").fields) == 198
    assert len(template("2021").fields) == 200
    assert len(sections()) == 6


@pytest.mark.parametrize(("template_id", "rows"), [("2019", 23), ("2021", 25)])
def test_identities_cover_every_application_cell_three_times(template_id: str, rows: int) -> None:
    """Every result cell is in a row sum and a column sum; ends are in the balance as well."""
    identities = template(template_id).identities()
    assert len(identities) == rows + 7 + 7 + 3
    results = next(i for i in identities if i.id == "applications.natural_person:results_total")
    assert len(results.left) == rows - 4
    known = {f.id for f in template(template_id).fields}
    assert {f for i in identities for f in (*i.left, *i.right)} == {f for f in known if not f.startswith("proactive.")}


def test_identity_ids_are_unique_and_named_after_their_line() -> None:
    ids = [i.id for i in template("2021").identities()]
    assert len(set(ids)) == len(ids)
    assert "applications.received:row_total" in ids


def test_one_row_other_stands_in_for_its_family() -> None:
    block = next(b for b in template("2021").blocks if b.id == "applications")
    printed = {f"applications.results.other.{c.id}" for c in block.columns}
    identities = template("2021").identities(printed)
    results = next(i for i in identities if i.id == "applications.total:results_total")
    assert "applications.results.other.total" in results.left
    assert "applications.results.other.fee_unpaid.total" not in results.left
    assert len(identities) == 25 - 2 + 7 + 7 + 3


def test_every_field_of_both_forms_is_known_by_id() -> None:
    assert set(field_forms()) == {f["id"] for t in CONTRACT.values() for f in t["fields"]}


def test_learned_wordings_follow_the_forms_own_and_change_nothing_else() -> None:
    row, column = "row.licensing_2019.administrative_licensing", "column.licensing_2019.change"
    plain, taught = template("2019"), template("2019", ((row, ("准入审批",)), (column, ("办件",))))
    before, after = (next(b for b in form.blocks if b.id == "licensing_2019") for form in (plain, taught))
    assert after.rows[0].wordings == (*before.rows[0].wordings, "准入审批")
    assert after.columns[1].wordings == (*before.columns[1].wordings, "办件")
    assert [b for b in taught.blocks if b.id != "licensing_2019"] == [b for b in plain.blocks if b.id != before.id]
    assert [f.id for f in taught.fields] == [f.id for f in plain.fields]
    assert taught.identities() == plain.identities()
