"""Annotated reports as lessons of the token classifier, and a retraining from the command line to a version in use."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="torch is in the extra train")

from datasets import Dataset

from annotations.store import Annotation, of_document, read_gold, write_annotation
from extraction.cli import main
from extraction.document import Cell, Label, Region, RegionKind, Report, Source, Span, Table
from extraction.forms.catalogue import sections, template, template_ids
from extraction.forms.label_tags import tags
from extraction.geometry import Box
from extraction.labelling.tagger_input import pieces_of
from extraction.pipeline import read_document
from extraction.settings import Settings
from models.gate.comparison import read_comparison
from models.label_tokens import SPECIAL, Vocabulary
from models.labeller import Labeller
from models.loaded import Models
from models.versions import read_state
from training.labeller.compare import frozen_pages, pages_hash
from training.labeller.config import NetworkConfig, read_retraining
from training.labeller.curve import main as curve
from training.labeller.data.annotated import split_by_organization, tagged_pages
from training.labeller.data.placed import part_of, placed, with_part
from training.labeller.data.provincial import provincial, wording
from training.labeller.data.tagged import Tagged
from training.labeller.network import layout_config
from training.synthetic.content.report import draft_report

SAMPLES = Path(__file__).parents[3] / "annotations" / "samples"
WIDE = Box(0, 0, 100, 10)

# ---------------------------------------------------------------- gold to tags


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(threads=1)


@pytest.mark.parametrize("document", ["report.pdf", "report.docx", "report.html"])
def test_gold_without_boxes_tags_what_was_read(document: str, models: Models) -> None:
    folder = SAMPLES / "yunze-2020"
    gold = read_gold(folder / "gold.json")
    pages = tagged_pages(gold, read_document(folder / document, models, Settings()).regions)
    found = {tagged.text.replace("\n", ""): set(tagged.tags) - {""} for page in pages for tagged in page}
    assert found["规章"] == {"row.rules"}
    assert found["自然人"] == {"column.natural_person"}
    assert found["四、结转下年度继续办理"] == {"row.carried_out"}
    assert found["一、总体情况"] == {"heading.overview"}
    named = {tag for each in found.values() for tag in each}
    assert gold.report.template is not None
    rows = {
        f"row.{row.id}"
        for block in template(gold.report.template).blocks
        for row in block.rows
        if row.label and gold.report.template in row.templates
    }
    assert rows <= named
    assert {"organization", "year"} <= named


def gold_with(*labels: Label) -> Annotation:
    return Annotation(
        "r", ("r.pdf",), Report(Source("r.pdf", "0" * 64, "application/pdf", 1), "某局", 2023, None, None), (), labels
    )


def tagged_by(gold: Annotation, *regions: Region) -> list[Tagged]:
    (page,) = pieces_of(regions)
    return placed(gold, page)


def cell(column: int, text: str, left: float, right: float) -> Cell:
    return Cell(0, column, text, page=1, box=Box(left, 0, right, 10))


def test_a_label_is_what_stands_in_its_place_however_it_was_read() -> None:
    gold = gold_with(
        Label("row.documents_2021.rules", "规章", 1, Box(0, 0, 50, 10)),
        Label("column.applications.total", "总计", 1, Box(50, 0, 100, 10)),
    )
    table = Table((cell(0, "视章", 1, 49), cell(1, "悬计", 51, 99)), 1)
    one, two = tagged_by(gold, Region(RegionKind.TABLE, page=1, table=table))
    assert one.tags == ("row.rules",) * 2
    assert two.tags == ("column.total",) * 2
    assert one.cell


def test_two_labels_run_together_are_told_apart_and_two_parts_of_one_are_both() -> None:
    gold = gold_with(
        Label("row.documents_2021.rules", "规章", 1, Box(0, 0, 50, 10)),
        Label("row.documents_2021.normative_documents", "规范性文件", 1, Box(50, 0, 100, 10)),
    )
    (both,) = tagged_by(gold, Region(RegionKind.TABLE, page=1, table=Table((cell(0, "规章规范性文件", 0, 100),), 1)))
    assert both.tags == (*["row.rules"] * 2, *["row.normative_documents"] * 5)
    assert both.begins == {0, 2}
    parts = Table((cell(0, "规范性", 50, 75), cell(1, "文件", 75, 100)), 1)
    assert {
        tag for tagged in tagged_by(gold, Region(RegionKind.TABLE, page=1, table=parts)) for tag in tagged.tags
    } == {"row.normative_documents"}


def test_of_two_equal_figures_in_a_line_the_one_in_its_place_is_named() -> None:
    text = "网站发布7条，微博发布7条。"
    label = Label("narrative.published_weibo", "7", 1, Box(79, 0, 86, 10))
    (line,) = tagged_by(gold_with(label), Region(RegionKind.TEXT, (Span(text, 1, WIDE),), page=1))
    assert [k for k, tag in enumerate(line.tags) if tag] == [text.rindex("7")]


def test_what_lies_in_a_title_is_the_more_particular() -> None:
    text = "某局2023年报告"
    gold = gold_with(Label("title", text, 1, WIDE), Label("year", "2023", 1, Box(22, 0, 66, 10)))
    (line,) = tagged_by(gold, Region(RegionKind.TEXT, (Span(text, 1, WIDE),), page=1))
    assert line.tags == (*["title"] * 2, *["year"] * 4, *["title"] * 3)
    assert line.begins == {0, 2, 6}


@given(st.text("行政许可0７ \n", max_size=12), st.text("行政许可0７", max_size=12), st.floats(0, 1), st.floats(0, 1))
def test_a_part_lies_in_its_text(text: str, wanted: str, one: float, other: float) -> None:
    start, end = part_of(text, wanted, (min(one, other), max(one, other)))
    assert 0 <= start <= end <= len(text)
    tagged = with_part(Tagged(text, ("",) * len(text)), start, end, "year")
    assert [k for k, tag in enumerate(tagged.tags) if tag] == list(range(start, end))


@given(st.lists(st.sampled_from("甲乙丙丁戊"), min_size=1, max_size=30), st.integers(0, 99))
def test_no_organization_is_learnt_from_and_tested_on(organizations: list[str], seed: int) -> None:
    parts = split_by_organization(Dataset.from_dict({"organization": organizations}), 0.25, seed)
    learnt, tested = set(parts.learnt["organization"]), set(parts.tested["organization"])
    assert not learnt & tested
    assert len(parts.learnt) + len(parts.tested) == len(organizations)
    assert bool(tested) == (len(set(organizations)) > 1)


def test_the_province_words_everything_otherwise() -> None:
    known = {
        text
        for form in template_ids()
        for b in template(form).blocks
        for r in b.rows
        for text in (r.label, *r.wordings)
    }
    known |= {
        text
        for form in template_ids()
        for b in template(form).blocks
        for c in b.columns
        for text in (c.label, *c.wordings)
    }
    known |= {text for section in sections() for text in (section.title, *section.wordings)}
    for tag in tags():
        if tag.partition(".")[0] in ("row", "column", "heading", "block"):
            assert wording(tag)
            assert wording(tag) not in known
    draft = draft_report(3, "train")
    assert provincial(draft) == provincial(draft)
    assert provincial(draft).report == draft.report


def test_the_frozen_pages_are_always_the_same() -> None:
    config = replace(read_retraining().comparison, reports=1)
    assert pages_hash(frozen_pages(config)) == pages_hash(frozen_pages(config))


# ---------------------------------------------------------------- retraining

SETTINGS = """
seed = 1
[data]
reports = 2
annotated = 0.5
held_out = 0.3
[training]
steps = 2
batch = 2
rate = 0.001
warm_up = 0.1
decay = 0.01
clip = 1.0
every = 1
patience = 0
bfloat16 = false
[comparison]
reports = 1
misread = [0.1]
"""


@pytest.fixture
def annotated(tmp_path: Path) -> Path:
    """Three of the samples as web pages, each with its gold."""
    folder = tmp_path / "annotated"
    for name in ("yunze-2020", "zheshui-2023", "moling-2024"):
        gold = of_document(read_gold(SAMPLES / name / "gold.json"), "report.html")
        write_annotation(folder, replace(gold, documents=(f"{name}.html",)))
        shutil.copyfile(SAMPLES / name / "report.html", folder / "reports" / f"{name}.html")
    return folder


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A checkpoint that has learnt nothing."""
    from transformers import LayoutLMForTokenClassification

    folder = tmp_path / "base"
    vocabulary = Vocabulary([*SPECIAL, *"一二三四五六七八九十行政许可公开年度报告0123456789"])
    LayoutLMForTokenClassification(layout_config(NetworkConfig(16, 1, 2, 128, 0.0), vocabulary)).save_pretrained(folder)
    vocabulary.write(folder / "vocab.txt")
    return folder


@pytest.mark.slow
def test_from_annotations_to_a_version_in_use(
    annotated: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store, settings, run = tmp_path / "store", tmp_path / "small.toml", tmp_path / "run"
    monkeypatch.setenv("GOUJI_WEIGHTS", str(store))
    settings.write_text(SETTINGS, encoding="utf-8")
    call = ["train", "labeller", str(run), "--annotations", str(annotated), "--config", str(settings)]
    assert main([*call, "--base", str(base)]) == 0
    comparison = read_comparison(run / "comparison.json")
    assert [(tested.held_out, tested.reports) for tested in comparison.sets] == [(False, 1), (True, 1)]
    assert not comparison.promote  # what has learnt nothing is worse than what is shipped
    assert "不予启用" in (run / "comparison.html").read_text(encoding="utf-8")
    assert len(Labeller(1, run / "model").vocabulary) > len(Vocabulary.read(base / "vocab.txt"))
    kept = (run / "model" / "labeller.onnx").read_bytes()
    assert main([*call, "--base", str(base)]) == 0  # all of it is done: nothing is trained again
    assert (run / "model" / "labeller.onnx").read_bytes() == kept
    assert main(["models", "promote", str(run)]) == 1
    assert main(["models", "promote", str(run), "--force", "a test"]) == 0
    assert read_state(store, "labeller").active == 1

    # The next one goes on from the version in use, and is compared with it.
    monkeypatch.setenv("GOUJI_WEIGHTS", str(shutil.copytree(store, tmp_path / "later")))
    call[2] = str(tmp_path / "next")
    assert main(call) == 0
    again = read_comparison(tmp_path / "next" / "comparison.json")
    assert (again.old_version, again.old) == (1, comparison.new)
    assert json.loads((tmp_path / "next" / "retraining.json").read_text())["compared_with"] == comparison.new

    # A folder holds one training; other gold is another one.
    shutil.rmtree(annotated / "reports")
    capsys.readouterr()
    assert main(call) == 2
    assert "no reports/*.json" in capsys.readouterr().err


def test_a_folder_holds_one_training(
    annotated: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GOUJI_WEIGHTS", str(tmp_path / "store"))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "retraining.json").write_text('{"gold": "of other reports"}', encoding="utf-8")
    call = ["train", "labeller", str(tmp_path / "run"), "--annotations", str(annotated), "--base", str(base)]
    assert main(call) == 2
    assert "holds a training on something else (gold" in capsys.readouterr().err
    assert main([*call[:-1], str(tmp_path)]) == 2
    assert "is no checkpoint to go on from" in capsys.readouterr().err


@pytest.mark.slow
def test_the_learning_curve_in_small(base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import training.labeller.__main__ as recipe
    from training.labeller.config import read_config

    whole = read_config()
    once = replace(whole.training, steps=1, batch=2, every=1)  # in bfloat16, as the shipped weights are made
    small = replace(
        whole,
        network=replace(whole.network, longest=128),
        data=replace(whole.data, reports=10),
        training=once,
        finishing=once,
    )
    recipe.train(small, tmp_path / "whole", str(base), "a test")
    assert "| clean (0%) |" in (tmp_path / "whole" / "model" / "README.md").read_text(encoding="utf-8")
    settings, out = tmp_path / "small.toml", tmp_path / "curve"
    settings.write_text(SETTINGS, encoding="utf-8")
    call = [str(out), "--base", str(tmp_path / "whole" / "model"), "--config", str(settings)]
    assert curve([*call, "--counts", "0", "1", "--unseen", "2", "--steps", "1"]) == 0
    points = json.loads((out / "curve.json").read_text(encoding="utf-8"))["points"]
    assert [point["reports"] for point in points] == [0, 1]
    assert all(0 <= end <= 1 for point in points for part in ("layout", "frozen") for end in point[part]["all"])
    assert (out / "curve.png").stat().st_size > 5000
    assert "| 1 |" in capsys.readouterr().out
