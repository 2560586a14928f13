"""From file to report, on what the stages' own tests do not see."""

from pathlib import Path

import pytest

from extraction.contents import checked, report_of
from extraction.document import Status
from extraction.errors import NotAReport
from extraction.pipeline import extract
from extraction.settings import DecisionSettings, Settings
from models.loaded import Models
from tests.sample_reports import SampleReports

SAMPLE = Path(__file__).parents[2] / "annotations" / "samples" / "qingluo-2019" / "report.html"


def test_a_table_that_is_only_a_picture_is_named(tmp_path: Path, models: Models) -> None:
    """The applications table is there as a picture, which web pages' readers do not see."""
    html = SAMPLE.read_text(encoding="utf-8")
    start = html.rindex("<table", 0, html.index("本年新收政府信息公开申请数量"))
    end = html.index("</table>", start) + len("</table>")
    path = tmp_path / "picture.html"
    path.write_text(html[:start] + '<img src="table.png">' + html[end:], encoding="utf-8")
    report = extract(path, models, Settings())
    assert {f.status for f in report.fields if f.id.startswith("applications.")} == {Status.MISSING}
    assert [w for w in report.warnings if "三、收到和处理政府信息公开申请情况" in w]


def test_prose_is_no_report(tmp_path: Path, models: Models) -> None:
    path = tmp_path / "prose.txt"
    path.write_text("春天来了，河边的柳树绿了。\n孩子们放学后都去放风筝。\n", encoding="utf-8")
    with pytest.raises(NotAReport):
        extract(path, models, Settings())


def test_the_settings_of_decisions_reach_them(sample_reports: SampleReports, models: Models) -> None:
    """Where every reading must be certain, figures of a scan that no sum confirms go to a person."""
    contents = sample_reports.contents(SAMPLE.parent.name, "scan.pdf")
    least = DecisionSettings().alone
    review = {}
    for alone in (least, 1.0):
        settings = Settings(decision=DecisionSettings(alone=alone))
        found = checked(report_of(contents, models, settings), models, settings)
        review[alone] = {f.id for f in found.fields if f.status is Status.REVIEW}
    assert len(review[1.0]) > len(review[least])
    assert {i.split(".")[0] for i in review[1.0]} >= {"proactive"}


def test_only_a_picture_is_called_too_poor_to_read(tmp_path: Path, models: Models) -> None:
    (path := tmp_path / "minutes.html").write_text("<p>第一次会议纪要。</p>", encoding="utf-8")
    with pytest.raises(NotAReport, match="is it the right file"):
        extract(path, models, Settings())
