"""Folders of sample reports converted for good; each test lists the files it puts there. Workers have own tests."""

from __future__ import annotations

import json
import os
import shutil
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from annotations.store import read_gold
from eval.runs.prediction import Prediction
from eval.scoring.compare import compare
from eval.scoring.score import Score
from extraction.bulk.convert import convert
from extraction.bulk.inputs import find_inputs
from extraction.bulk.plan import Input, Outcome, Plan
from extraction.output.files import read_manifest, read_report, report_path
from extraction.settings import BulkSettings, DecisionSettings, Settings
from models.loaded import Models
from models.weights import shipped
from tests.documents import SAMPLES
from tests.extraction.bulk.in_process import InProcessEngine


def put(path: Path, report: str = "moling-2024", name: str = "report.html") -> Path:
    """A sample report at this path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(SAMPLES / report / name, path)
    return path


def score(report: str, out: Path, name: str) -> Score:
    """The report in a sample's conversion against its gold."""
    return compare(read_gold(SAMPLES / report / "gold.json"), Prediction(read_report(out, name)))


class Run(Protocol):
    def __call__(
        self, out: Path, *patterns: Path | str, force: bool = False, settings: Settings | None = None
    ) -> dict[str, str]:
        """Convert and give the outcome of each input."""


@pytest.fixture
def run(models: Models) -> Run:
    def converted(
        out: Path, *patterns: Path | str, force: bool = False, settings: Settings | None = None
    ) -> dict[str, str]:
        plan = Plan(out, settings or Settings(), force=force)
        heard: list[Outcome] = []
        inputs = find_inputs([str(p) for p in patterns], out)
        result = convert(inputs, plan, heard.append, partial(InProcessEngine, models=models))
        assert sorted(heard, key=str) == sorted(result.outcomes, key=str)
        assert [p for p in out.rglob("*") if p.name.endswith(".part")] == []
        return {line.path: line.outcome for line in result.lines}

    return converted


def csv_reports(out: Path) -> set[str]:
    lines = (out / "fields.csv").read_text(encoding="utf-8").splitlines()
    return {line.partition(",")[0] for line in lines[1:]}


# ---- what is done again


def test_only_what_is_new_changed_or_failed_is_done(run: Run, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    put(folder / "a.html")
    put(folder / "deep" / "b.docx", "hewan-2020", "report.docx")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 and nothing")
    assert run(out, folder) == {"a.html": "converted", "bad.pdf": "failed", "deep/b.docx": "converted"}
    assert score("hewan-2020", out, "deep/b.docx").perfect
    assert csv_reports(out) == {"a.html", "deep/b.docx"}
    first = report_path(out, "a.html").stat().st_mtime_ns

    assert run(out, folder) == {"a.html": "skipped", "bad.pdf": "failed", "deep/b.docx": "skipped"}
    assert report_path(out, "a.html").stat().st_mtime_ns == first
    assert csv_reports(out) == {"a.html", "deep/b.docx"}

    put(folder / "a.html", "zheshui-2023")  # changed
    put(folder / "bad.pdf", "moling-2024", "report.docx")  # failed before
    report_path(out, "deep/b.docx").unlink()  # its report is gone
    put(folder / "new.html", "hewan-2020")
    assert set(run(out, folder).values()) == {"converted"}
    assert score("zheshui-2023", out, "a.html").perfect
    assert csv_reports(out) == {"a.html", "bad.pdf", "deep/b.docx", "new.html"}

    report_path(out, "new.html").write_text('{"schema_version": 1}', encoding="utf-8")  # damaged since
    assert run(out, folder) == {p: "converted" if p == "new.html" else "skipped" for p in csv_reports(out)}
    assert set(run(out, folder / "a.html", force=True).values()) == {"converted"}
    assert set(read_manifest(out)) == {"a.html", "bad.pdf", "deep/b.docx", "new.html"}  # the others are kept
    assert csv_reports(out) == {"a.html", "bad.pdf", "deep/b.docx", "new.html"}


def test_a_file_that_fails_after_a_change_leaves_no_report_of_what_it_was(run: Run, tmp_path: Path) -> None:
    path, out = put(tmp_path / "in" / "a.html"), tmp_path / "out"
    assert run(out, path) == {"a.html": "converted"}
    path.write_bytes(b"%PDF-1.7 and nothing")
    assert run(out, path) == {"a.html": "failed"}
    assert not report_path(out, "a.html").exists()
    assert csv_reports(out) == set()


def test_a_manifest_that_was_cut_off_costs_only_its_last_line(run: Run, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    put(folder / "a.html")
    put(folder / "b.html")
    run(out, folder)
    manifest = out / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-20])
    assert run(out, folder) == {"a.html": "skipped", "b.html": "converted"}
    assert set(read_manifest(out)) == {"a.html", "b.html"}
    assert len(manifest.read_text(encoding="utf-8").splitlines()) == 2


def test_a_report_whose_name_is_too_long_fails_alone(run: Run, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    put(folder / ("a" * 249 + ".html"))  # with .json it is over 255 bytes
    put(folder / ("报" * 80 + ".html"))
    outcomes = run(out, folder)
    assert sorted(outcomes.values()) == ["converted", "failed"]
    (failed,) = (line for line in read_manifest(out).values() if line.outcome == "failed")
    assert "cannot be written" in (failed.error or "")


def test_nothing_to_convert_still_leaves_tables(tmp_path: Path) -> None:
    assert convert([], Plan(tmp_path / "out", Settings()), print).lines == []
    assert csv_reports(tmp_path / "out") == set()


def test_reports_made_with_other_settings_are_made_again(run: Run, models: Models, tmp_path: Path) -> None:
    path, out = put(tmp_path / "in" / "a.html"), tmp_path / "out"
    assert run(out, path) == {"a.html": "converted"}
    patient = Settings(bulk=BulkSettings(page_seconds=77.0))  # changes nothing in a report
    assert run(out, path, settings=patient) == {"a.html": "skipped"}
    strict = Settings(decision=DecisionSettings(alone=0.99))
    result = convert(find_inputs([str(path)], out), Plan(out, strict), print, partial(InProcessEngine, models=models))
    assert [line.outcome for line in result.lines] == ["converted"]
    assert result.remade_for == ("settings.decision.alone",)
    assert run(out, path, settings=strict) == {"a.html": "skipped"}
    assert run(out, path) == {"a.html": "converted"}


def test_a_manifest_of_an_earlier_version_is_no_reason_to_trust_its_reports(run: Run, tmp_path: Path) -> None:
    path, out = put(tmp_path / "in" / "a.html"), tmp_path / "out"
    run(out, path)
    manifest = out / "manifest.jsonl"
    line = json.loads(manifest.read_text(encoding="utf-8"))
    del line["kind"], line["made_with"]
    manifest.write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert run(out, path) == {"a.html": "converted"}


def test_the_record_names_weights_and_settings(run: Run, tmp_path: Path) -> None:
    run(tmp_path / "out", put(tmp_path / "in" / "a.html"))
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["made_by"]["settings"]["decision"]["alone"] == Settings().decision.alone
    assert record["made_by"]["weights"] == {w.name: w.sha256 for w in shipped()}
    (line,) = read_manifest(tmp_path / "out").values()
    assert line.made_with == record["made_with"]


def test_a_name_that_is_no_utf_8_is_written_with_escapes(run: Run, tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "报告.html".encode("gbk")
    shutil.copyfile(SAMPLES / "moling-2024" / "report.html", raw)
    (found,) = find_inputs([str(tmp_path)], tmp_path / "out")
    assert found == Input(Path(os.fsdecode(raw)), "\\udcb1\\udca8\\udcb8\\udce6.html")
    assert run(tmp_path / "out", tmp_path) == {found.name: "converted"}
    assert read_report(tmp_path / "out", found.name).source.path == found.name
