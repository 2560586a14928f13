"""Each test shows its input: a document built by python-docx, or the XML that Word writes for the point in question."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest

from extraction.document import Cell, RegionKind
from extraction.errors import DamagedFile, EmptyFile, TooLarge
from tests.extraction.ingest.docx.word_xml import document, lines, p, read, tbl, tc, texts, tr


def cells(*rows: str) -> list[Cell]:
    (region,) = read(document(tbl(*rows))).regions
    assert region.table is not None
    return list(region.table.cells)


# ---- order and text


def test_document_made_by_python_docx() -> None:
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "页眉"
    made.sections[0].footer.paragraphs[0].text = "- 4 -"
    made.add_heading("某局2023年度报告", level=1)
    made.add_paragraph("　　一、总体情况　")
    table = made.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "规章"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "件数"
    table.cell(1, 1).text = "3"
    table.cell(1, 2).text = ""
    made.add_paragraph("注：无")
    target = BytesIO()
    made.save(target)

    page = read(target.getvalue())

    assert (page.number, page.width, page.height, page.raster) == (None, None, None, None)
    assert texts(page) == ["某局2023年度报告", "一、总体情况", "[规章|件数|3|]", "注：无"]
    assert [r.kind for r in page.regions] == [RegionKind.TEXT, RegionKind.TEXT, RegionKind.TABLE, RegionKind.TEXT]
    table_read = page.regions[2].table
    assert table_read is not None
    assert table_read.aligned
    assert table_read.cells == (Cell(0, 0, "规章", 2), Cell(0, 1, "件数", 1, 2), Cell(1, 1, "3"), Cell(1, 2, ""))


def test_line_breaks_end_lines_and_marks_are_read() -> None:
    body = """<w:p><w:r><w:t>一、总体</w:t><w:tab/><w:t>情况</w:t><w:br/><w:t>　正文</w:t><w:noBreakHyphen/>
      <w:t>甲</w:t><w:softHyphen/><w:t>乙</w:t></w:r></w:p>"""
    assert lines(body) == ["一、总体\t情况", "正文-甲-乙"]


def test_field_codes_do_not_print() -> None:
    body = """<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF 1 </w:instrText><w:t>码</w:t></w:r>
      <w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>12</w:t></w:r>
      <w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>件</w:t></w:r></w:p>
      <w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p><w:p><w:r><w:t>后</w:t></w:r></w:p>"""
    assert lines(body) == ["12件", "后"]


# ---- tables


def test_spans_merges_and_indented_rows() -> None:
    got = cells(
        tr(tc("甲", '<w:vMerge w:val="restart"/>'), tc("乙", '<w:gridSpan w:val="2"/>')),
        tr(tc("藏", "<w:vMerge/>"), tc("1"), tc("2")),
        tr(tc("3"), properties='<w:gridBefore w:val="2"/>'),
    )
    assert got == [Cell(0, 0, "甲", 2), Cell(0, 1, "乙", 1, 2), Cell(1, 1, "1"), Cell(1, 2, "2"), Cell(2, 2, "3")]


def test_merge_without_a_start_or_of_other_width_keeps_its_text() -> None:
    got = cells(
        tr(tc("甲", '<w:vMerge w:val="continue"/>'), tc("乙", '<w:vMerge w:val="restart"/>')),
        tr(tc("丙"), tc("丁", '<w:vMerge/><w:gridSpan w:val="2"/>')),
    )
    assert got == [Cell(0, 0, "甲"), Cell(0, 1, "乙"), Cell(1, 0, "丙"), Cell(1, 1, "丁", 1, 2)]


def test_ragged_rows_horizontal_merge_and_deleted_rows() -> None:
    got = cells(
        tr(tc("甲", '<w:hMerge w:val="restart"/>'), tc("", "<w:hMerge/>"), tc("乙")),
        tr(),
        tr(tc("删"), properties="<w:del/>"),
        tr(tc("1")),
    )
    assert got == [Cell(0, 0, "甲", 1, 2), Cell(0, 2, "乙"), Cell(2, 0, "1")]


def test_cell_text_joins_its_paragraphs() -> None:
    content = p("　本年新") + p("") + "<w:p><w:r><w:t>制作</w:t><w:br/><w:t>数 量 </w:t></w:r></w:p>"
    assert cells(tr(tc(content), tc("1"))) == [Cell(0, 0, "本年新\n制作\n数 量"), Cell(0, 1, "1")]


def test_layout_table_is_unfolded() -> None:
    inner = tbl(tr(tc("规章"), tc("1")), tr(tc("许可"), tc("2")))
    assert lines(tbl(tr(tc(p("一、总体情况") + inner + p("注"))))) == ["一、总体情况", "[规章|1|许可|2]", "注"]


def test_table_inside_a_data_cell_is_that_cells_text() -> None:
    inner = tbl(tr(tc("其中"), tc("9")))
    body = tbl(tr(tc("规章"), tc("1"), tc("2")), tr(tc("许可"), tc("3"), tc(p("4") + inner)))
    assert lines(body) == ["[规章|1|2|许可|3|4\n其中\n9]"]


def test_absurd_spans_are_too_large() -> None:
    row = tr(*[tc("1", '<w:gridSpan w:val="999999999"/>')] * 1001)
    with pytest.raises(TooLarge, match="cells"):
        cells(row)


# ---- damage and hostile input


def test_empty_document() -> None:
    with pytest.raises(EmptyFile, match="no text"):
        read(document(p(" 　") + tbl(tr(tc(""), tc("")))))


def test_deep_nesting_is_damage_not_a_crash() -> None:
    body = "<w:p><w:r><w:t>甲</w:t></w:r></w:p>"
    for _ in range(600):
        body = tbl(tr(f"<w:tc>{body}</w:tc>"))
    with pytest.raises(DamagedFile):
        read(document(body))
    with pytest.raises(DamagedFile):
        read(document("<w:sdt>" * 1900 + "</w:sdt>" * 1900))


def test_altchunk_is_a_warning() -> None:
    assert "altChunk" in read(document(p("甲") + "<w:altChunk/>")).warnings[0]
