"""summary.html over reports and a manifest that the test shows."""

from __future__ import annotations

from dataclasses import replace

from extraction.document import Check, Status, Verdict
from extraction.output.files import ManifestLine
from extraction.output.summary_page import ArchiveSummary, summary_page
from tests.extraction.small_reports import RECEIVED, field, report


def test_the_page_counts_and_escapes() -> None:
    wrong = Check("a:row_total", "1 = 2", False, Verdict.UNRESOLVED)
    summary = ArchiveSummary()
    summary.add(replace(report("<b>.pdf", 2023, field(RECEIVED, "12", Status.REVIEW)), checks=(wrong,)))
    summary.add(report("fine.pdf", 2022, field(RECEIVED, "12")))
    lines = {
        "<b>.pdf": ManifestLine("<b>.pdf", None, "converted", None, 1.0, 3),
        "bad\n.pdf": ManifestLine("bad\n.pdf", None, "failed", "<script>", 1.0, None, "DamagedFile"),
    }
    page = summary_page(summary, lines)
    assert "<b>" not in page
    assert "<script" not in page
    assert "http" not in page  # nothing from elsewhere
    for said in (
        "&lt;b&gt;.pdf",
        "a:row_total",
        "文件损坏",
        "bad\\n.pdf",
        "2 份报告",
        "须人工核对 50.0%",
        "<svg",
        "须核对",
    ):
        assert said in page, said
    assert "fine.pdf" not in page  # there is nothing to look at in it
