"""The page of an evaluation: it needs nothing else, shows every part, and Chromium finds no fault in it."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from annotations.store import read_annotation, write_annotation
from eval.report.heat import shade
from extraction.document import Field, Report, Status
from extraction.geometry import Box
from tests.eval.data import evaluate, with_fields, write_data_set
from tests.system import needs
from training.plots import Axis, Series, interval_plot, line_plot, round_up

REPORTS = ("moling-2024", "qingluo-2019")
WRONG = "applications.received.total"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of two engines on two PDFs: one with a silent error whose place is known, one that has markup for text."""
    folder = tmp_path_factory.mktemp("page")
    data_set, out = write_data_set(folder / "data", REPORTS, "report.pdf"), folder / "out"
    for report in REPORTS:
        gold = read_annotation(data_set, report)
        placed = with_fields(gold.report, lambda f: replace(f, page=2, box=Box(100, 100, 140, 120)))
        write_annotation(data_set, replace(gold, report=placed))

    def misread(field: Field) -> Field:
        return replace(field, value=Decimal(987654), printed="987654") if field.id == WRONG else field

    def doubt(field: Field) -> Field:
        doubted = replace(field, value=None, printed="<script>alert(1)</script>&", status=Status.REVIEW)
        return doubted if field.id == WRONG else field

    def plant_misread(report: Report) -> Report:
        return with_fields(report, misread)

    evaluate(data_set, out, lambda report: with_fields(report, doubt), engine="pdfplumber")
    old = out / "old.json"
    shutil.move(out / "scores.json", old)
    evaluate(data_set, out, plant_misread)
    evaluate(data_set, out, lambda report: report, engine="tesseract-page")
    from extraction.cli import main

    engines = "gouji,pdfplumber,tesseract-page"
    assert main(["eval", str(data_set), "-o", str(out), "--engine", engines, "--against", str(old)]) == 0
    return out / "index.html"


def test_the_page_shows_every_part(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    places = ("summary", "levels", "tables", "form", "trust", "details", "speed", "against", "worst", "notes")
    for place in places:
        assert f'<section id="{place}">' in text
    assert text.count("data:image/jpeg;base64,") == 2 * len(REPORTS)
    worst = text[text.index('<section id="worst">') :]
    assert worst.index('<b class="tag">silent</b>') < worst.index("(review")
    assert "987654" in worst
    assert "三、收到和处理政府信息公开申请情况" in text


def test_text_of_documents_is_no_markup(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in text


def test_the_page_asks_for_nothing_from_elsewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r'(?:href|src|action)="([^"]*)"', text) + re.findall(r"url\(([^)]*)\)|@import", text)
    assert {link.partition(":")[0] if link.startswith("data:") else link[:1] for link in links} == {"data", "#"}


def console_errors(page: Path, profile: Path) -> list[str]:
    """What Chromium says of a page; its policy allows no request, so that an attempt is an error too."""
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--no-first-run"]
    command = ["chromium", *switches, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert '<section id="worst">' in run.stdout
    return [line for line in run.stderr.splitlines() if "CONSOLE" in line]


@needs(programs=["chromium"])
def test_chromium_finds_no_error_and_no_request(page: Path, tmp_path: Path) -> None:
    assert console_errors(page, tmp_path / "profile") == []
    asking = tmp_path / "asking.html"
    asking.write_text(
        page.read_text(encoding="utf-8").replace("<nav>", '<img src="http://localhost:9/a.png"><nav>'), encoding="utf-8"
    )
    assert any("Content Security Policy" in line for line in console_errors(asking, tmp_path / "profile"))


def test_shades_run_from_wrong_to_right() -> None:
    assert shade(0) == "#b2182b"
    assert shade(1) == "#4393c3"
    assert len({shade(share) for share in (0, 0.5, 0.9, 0.97, 0.995, 1)}) == 6


def test_points_stand_where_their_values_are() -> None:
    plot = line_plot([Series("a", "#000", [(0, 0), (1, 1)], [2, 2])], Axis("x"), Axis("y"), size=(300, 200))
    (left, bottom), (right, top) = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', plot)
    assert float(left) < float(right)
    assert float(bottom) > float(top)
    assert "<title>a: 0%, 0%</title>" in plot


def test_intervals_reach_from_low_to_high() -> None:
    plot = interval_plot(["worn"], [("a", "#123456", [(0.5, 0.25, 0.75)])], Axis("x"), width=400)
    ((low, high),) = re.findall(r'<line x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)" y2="[\d.]+" stroke="#123456"', plot)
    middle = float(re.findall(r'<circle cx="([\d.]+)"', plot)[0])
    assert middle == pytest.approx((float(low) + float(high)) / 2, abs=0.1)
    assert "a, worn: 50% (25% to 75%)" in plot
    assert interval_plot(["worn"], [("a", "#123456", [None])], Axis("x"), width=400).count("circle") == 0


@pytest.mark.parametrize(("highest", "end"), [(0, 1e-4), (0.0841, 0.1), (0.13, 0.2), (0.5, 0.5), (0.51, 1), (1, 1)])
def test_axes_end_at_round_numbers(highest: float, end: float) -> None:
    assert round_up(highest) == pytest.approx(end)
