"""Data sets load through Hugging Face `datasets`, from the folder and from what export-hub writes."""

from __future__ import annotations

import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from annotations.card import card, header, size_category
from annotations.hub import SCHEMA, export_hub, load, rows
from extraction.cli import main
from extraction.document import Status
from extraction.errors import UsageError
from tests.annotations.gold import annotation, changed, document, write
from tests.documents import SAMPLES

AMOUNT = "proactive.government_procurement.amount_yuan"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    gold = [changed(annotation(), AMOUNT, value=Decimal("0.10"), printed="0.10"), annotation("zheshui-2023", "b")]
    gold[1] = replace(gold[1], facts={"seed": "4"})
    return write(tmp_path / "data", gold, train=["a"], test=["b"])


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    found = pytest.importorskip("datasets", reason="Hugging Face datasets is not installed (extra train)")
    monkeypatch.setattr(found.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    return found


def field(row: dict[str, Any], field_id: str) -> dict[str, Any]:
    return next(f for f in row["fields"] if f["id"] == field_id)


def test_parquet_has_what_the_gold_says(folder: Path, tmp_path: Path) -> None:
    assert export_hub(folder, tmp_path / "hub") == {"train": 1, "test": 1}
    (row,) = pq.read_table(tmp_path / "hub" / "data" / "train-00000.parquet").to_pylist()
    gold = annotation()
    assert (row["id"], row["organization"], row["year"], row["template"]) == (
        "a",
        gold.report.organization,
        2020,
        "2019",
    )
    assert row["document_bytes"] == document("a")
    assert row["document"] == "reports/a.pdf"
    assert field(row, AMOUNT)["value"] == "0.10"  # as a decimal string, digits and all
    assert field(row, AMOUNT)["bbox"] == list(gold.report.field(AMOUNT).box or ())
    assert len(row["fields"]) == len(gold.report.fields)
    assert sum(len(t["cells"]) for t in row["tables"]) == 200
    assert row["labels"][0]["name"] == "heading.overview"
    assert {c["verdict"] for c in row["checks"]} == {"holds", "source_inconsistent"}


def test_blanks_have_no_value(folder: Path) -> None:
    (row,) = rows(folder, "test")
    blanks = [f for f in row["fields"] if f["status"] == Status.BLANK]
    assert blanks
    assert all(f["value"] is None and f["printed"] in ("", "/", "—", "无") for f in blanks)


def test_folders_and_exports_load_alike(folder: Path, tmp_path: Path, datasets: Any) -> None:
    assert main(["annotations", "export-hub", str(folder), "-o", str(tmp_path / "hub")]) == 0
    direct, exported = load(folder, documents=True), load(tmp_path / "hub")
    plain = datasets.load_dataset(str(tmp_path / "hub"))
    assert set(direct) == set(exported) == set(plain) == {"train", "test"}
    for split in direct:
        assert direct[split].features == exported[split].features
        assert direct[split][:] == exported[split][:] == plain[split][:]


def test_pages_come_as_pictures(folder: Path, datasets: Any) -> None:
    loaded = load(folder, images=True)
    first, second = loaded["train"][0]["images"]
    assert first.size == second.size
    assert loaded["train"][0]["document_bytes"] is None
    assert isinstance(loaded["train"].features["images"].feature, datasets.Image)


def test_samples_without_splits_are_a_test(datasets: Any) -> None:
    loaded = load(SAMPLES)
    assert {s: len(d) for s, d in loaded.items()} == {"test": 36}
    assert loaded["test"].filter(lambda row: row["id"] == "moling-2024")["document"] == [
        f"moling-2024/{name}" for name in ("report.pdf", "scan.pdf", "report.docx", "report.html")
    ]


def test_without_datasets_the_error_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(UsageError, match=r"gouji\[train\]"):
        load(folder)


def test_the_card_has_the_header_of_its_splits() -> None:
    kept = Path(__file__).parents[2] / "annotations" / "README.md"
    assert kept.read_text(encoding="utf-8").startswith(header({"train": 1, "dev": 1, "test": 1}))
    made = card({"test": 1200})
    assert made.startswith(header({"test": 1200}))
    assert "- 1K<n<10K\n" in made
    assert "train-*" not in made
    assert "| test | 1200 |" in made
    assert size_category(2_000_000) == "100K<n<1M"


def test_every_column_is_filled(folder: Path) -> None:
    for row in rows(folder):
        assert list(row) == SCHEMA.names
