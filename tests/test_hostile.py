"""One folder of everything that is no report or no longer one, beside three good reports, through the command line."""

from __future__ import annotations

import random
import shutil
import socket
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from annotations.store import read_gold
from eval.runs.prediction import Prediction
from eval.scoring.compare import compare
from eval.scoring.score import Score
from extraction.document import Status
from extraction.errors import NotAReport
from extraction.output.files import ManifestLine, read_manifest, read_report, report_path
from extraction.pipeline import extract
from extraction.settings import Settings
from models.loaded import Models
from tests.documents import SAMPLES, PdfPage, encoded, pdf, pdf_file, sample, text_at

GOUJI = str(Path(sys.executable).with_name("gouji"))
REPORT = "moling-2024"
GOOD = {"good/report.html": "hewan-2020", "good/report.docx": "zheshui-2023", "good/报告 二.pdf": "moling-2024"}


def encrypted_pdf() -> bytes:
    target = BytesIO()
    with pikepdf.open(BytesIO(sample(REPORT, "report.pdf"))) as document:
        document.save(target, encryption=pikepdf.Encryption(user="secret", owner="owner"))
    return target.getvalue()


def docx_with(body: bytes, *more: tuple[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", body)
        for name, content in more:
            archive.writestr(name, content)
    return target.getvalue()


W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
EMPTY_BODY = b"<w:document " + W + b"><w:body/></w:document>"
LAUGHS = (
    b'<!DOCTYPE w [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%b">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]><w:document "
    + W
    + b"><w:body><w:p><w:r><w:t>&a11;</w:t></w:r></w:p></w:body></w:document>"
)
NESTED = b"<w:document " + W + b"><w:body>" + b"<w:tbl><w:tr><w:tc>" * 4000 + b"</w:tc></w:tr></w:tbl>" * 4000
NESTED += b"</w:body></w:document>"


@cache
def bomb() -> bytes:
    """Two megabytes that unpack to 400."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("word/document.xml", EMPTY_BODY)
        with archive.open("word/media/a.bin", "w") as stream:
            for _ in range(400):
                stream.write(bytes(1_000_000))
    return target.getvalue()


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + stream.encode("utf-16-le") + bytes(600)


def png_header(width: int, height: int) -> bytes:
    chunk = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n\0\0\0\r" + chunk + zlib.crc32(chunk).to_bytes(4, "big") + b"\0\0\0\0IEND\xae\x42\x60\x82"


def object_stream(content: bytes, keys: str = "", times: int = 1) -> bytes:
    """A compressed stream that holds `content` so many times, packed once: each time it is a block of its own."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block, end = packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH), packer.flush()
    check = 1
    for _ in range(times):
        check = zlib.adler32(content, check)
    data = b"\x78\xda" + block * times + end + check.to_bytes(4, "big")
    return b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (keys.encode(), len(data), data)


def page_objects(keys: str, *more: bytes) -> bytes:
    """A PDF of one page (object 3) with its own keys; `more` are objects from 4."""
    kids = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]{keys}>>".encode()
    return pdf_file([b"<</Type/Catalog/Pages 2 0 R>>", kids, page, *more])


def huge_image() -> bytes:
    """A picture of 900 million pixels, of which the file has nearly a megabyte."""
    image = "/Type/XObject/Subtype/Image/Width 30000/Height 30000/ColorSpace/DeviceGray/BitsPerComponent 8"
    content = object_stream(b"q 300 0 0 400 0 0 cm /Im0 Do Q")
    return page_objects(
        "/Contents 4 0 R/Resources<</XObject<</Im0 5 0 R>>>>", content, object_stream(bytes(9_000_000), image, 100)
    )


def looping_tiff() -> bytes:
    """A TIFF whose first picture is followed by itself."""
    data = bytearray(encoded(Image.new("L", (30, 40), 255), "TIFF"))
    start = int.from_bytes(data[4:8], "little")
    end = start + 2 + 12 * int.from_bytes(data[start : start + 2], "little")
    data[end : end + 4] = start.to_bytes(4, "little")
    return bytes(data)


def calling(address: str) -> dict[str, bytes]:
    """Files that name something at this address, or a file of this machine, to be fetched."""
    entity = (
        b'<!DOCTYPE w [<!ENTITY x SYSTEM "%b">]><w:document ' + W + b"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p>"
    )
    entity += b"</w:body></w:document>"
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        f'Target="{address}/t.dotx" TargetMode="External"/></Relationships>'
    )
    page = (
        f'<html><base href="{address}/"><link rel=stylesheet href="{address}/a.css"><img src="{address}/a.png">'
        f'<iframe src="file:///etc/passwd"></iframe><script src="{address}/a.js"></script><p>12</p></html>'
    )
    action = f"/AA<</O<</S/URI/URI({address}/p)>>>>"
    return {
        "calls a.docx": docx_with(entity % address.encode()),
        "calls b.docx": docx_with(entity % b"file:///etc/passwd"),
        "calls c.docx": docx_with(EMPTY_BODY, ("word/_rels/document.xml.rels", relation.encode())),
        "calls.html": page.encode(),
        "calls.pdf": page_objects(action),
    }


def photo() -> Image.Image:
    """A sky over a field, with grain."""
    rows = np.linspace(0, 1, 300)[:, None, None] * np.ones((1, 400, 3))
    colours = np.where(rows < 0.6, [210, 160, 90] + 60 * rows, [40, 120, 60])
    return Image.fromarray(
        (colours + np.random.default_rng(1).normal(0, 9, colours.shape)).clip(0, 255).astype(np.uint8)
    )


def spreadsheet() -> bytes:
    return docx_with(b"", ("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")).replace(
        b"word/document.xml", b"xl/worksheets.xml"
    )


LISTENER = socket.create_server(("127.0.0.1", 0))
"""Nobody must call here; a call would wait to be answered."""
NOVEL = "那年冬天，雪下得很大。老人坐在门口，数着来往的车马，一共十二辆。\n" * 60


@cache
def never() -> dict[str, bytes]:
    """Files that must not be converted. Some are large: they are made for the one test that needs them."""
    return {
        "encrypted.pdf": encrypted_pdf(),
        "encrypted.docx": ole("EncryptedPackage"),
        "legacy.doc": ole("WordDocument"),
        "legacy.xls": ole("Workbook"),
        "spreadsheet.xlsx": spreadsheet(),
        "spreadsheet.docx": spreadsheet(),
        "empty.pdf": b"",
        "empty.docx": b"",
        "space.txt": b"\n \t\r\n",
        "zeros.pdf": bytes(100_000),
        "zeros.png": bytes(9),
        "photo.jpg": encoded(photo(), "JPEG", quality=70),
        "white.png": encoded(Image.new("L", (300, 400), 255), "PNG"),
        "wide.png": png_header(60_000, 60_000),
        "wide.pdf": pdf(PdfPage(text_at(9, 9, "12"), "/MediaBox [0 0 60000 60000]")),
        "strip.pdf": pdf(PdfPage(text_at(9, 9, "12"), "/MediaBox [0 0 60000 900]")),
        "bomb.docx": bomb(),
        "bomb in bomb.docx": docx_with(EMPTY_BODY, ("word/inner.docx", bomb())),
        "laughs.docx": docx_with(LAUGHS),
        "nested.docx": docx_with(NESTED),
        "no text.docx": docx_with(EMPTY_BODY),
        "archive.docx": docx_with(b"<x/>"),
        "nested.html": ("<div>" * 200_000 + "政府信息公开工作年度报告").encode(),
        "colspan.html": b"<table><tr><td colspan=1000000000 rowspan=65534>12</td></tr></table>" * 50,
        "binary.html": random.Random(2).randbytes(20_000),
        "binary.pdf": b"%PDF-1.7\n" + random.Random(3).randbytes(20_000),
        "binary.docx": b"PK\x03\x04" + random.Random(4).randbytes(20_000),
        "binary.tif": b"II*\x00" + random.Random(5).randbytes(20_000),
        "binary.jpg": b"\xff\xd8\xff" + random.Random(6).randbytes(20_000),
        "novel.txt": NOVEL.encode(),
        "novel.html": f"<html><p>{NOVEL}</p></html>".encode(),
        "novel.gbk.txt": NOVEL.encode("gbk"),
        "numbers.txt": "\n".join("\t".join(map(str, range(n, n + 8))) for n in range(30)).encode() + b"\n",
        "blank.pdf": pdf(PdfPage(), PdfPage()),
        "no pages.pdf": pdf(),
        "bomb.pdf": page_objects("/Contents 4 0 R", object_stream(b" " * 1_000_000, times=500)),
        "huge image.pdf": huge_image(),
        "circle.pdf": pdf_file(
            [
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Count 9/Kids[2 0 R 3 0 R]>>",
                b"<</Type/Page/Parent 2 0 R>>",
            ]
        ),
        "circle.tif": looping_tiff(),
        **calling(f"http://127.0.0.1:{LISTENER.getsockname()[1]}"),
        "sound.mp3": b"ID3\x04\x00\x00\x00\x00\x00\x23" + random.Random(7).randbytes(900),
        "program.exe": b"MZ\x90\x00\x03\x00\x00\x00" + random.Random(8).randbytes(900),
        "two\nlines.pdf": b"%PDF-1.7",
        'it\'s "quoted".pdf': b"%PDF-1.7",
        "[red]marks[/red] %s {0}.pdf": b"%PDF-1.7",
        "表 情😀.pdf": b"%PDF-1.7",
        "-o.pdf": b"%PDF-1.7",
    }


@cache
def seldom() -> dict[str, bytes]:
    """What is left of a real report, and may be converted if it says nothing wrong."""
    return {
        **{
            f"cut {n} {name}": sample(REPORT, name)[: random.Random(n).randrange(1, len(sample(REPORT, name)))]
            for n, name in enumerate(
                ["report.pdf", "report.docx", "report.html", "report.html", "report.html", "report.pdf"]
            )
        },
        "html.pdf": sample(REPORT, "report.html"),
        "docx.html": sample(REPORT, "report.docx"),
        "no suffix": sample(REPORT, "report.html"),
    }


@dataclass(frozen=True)
class Run:
    folder: Path
    out: Path
    done: subprocess.CompletedProcess[str]
    manifest: dict[str, ManifestLine]


@pytest.mark.slow
def test_a_folder_of_everything(tmp_path: Path) -> None:
    # One test, since it is one run: with several test processes, each would need a run of its own.
    assert len(never()) + len(seldom()) >= 30
    run = converted(tmp_path / "in", tmp_path / "out")
    the_run_ends_with_code_1_and_a_line_for_every_file(run)
    for name in GOOD:
        a_good_report_is_read_without_a_fault(name, run)
    for name in never():
        what_is_no_report_fails_and_says_why(name, run)
    for name in seldom():
        what_is_left_of_a_report_says_nothing_wrong(name, run)
    each_failure_is_one_line_on_standard_error(run)
    nothing_half_written_is_left(run)
    the_causes_are_told_apart(run)
    nobody_has_called()


def converted(folder: Path, out: Path) -> Run:
    for name, data in {**never(), **seldom()}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name, report in GOOD.items():
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(SAMPLES / report / f"report{Path(name).suffix}", folder / name)
    (folder / "loop").symlink_to(folder)
    (folder / "self.pdf").symlink_to(folder / "self.pdf")
    command = [GOUJI, "convert", str(folder), "-o", str(out), "--workers", "2"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    return Run(folder, out, done, read_manifest(out))


def score(run: Run, name: str, report: str) -> Score:
    return compare(read_gold(SAMPLES / report / "gold.json"), Prediction(read_report(run.out, name)))


def the_run_ends_with_code_1_and_a_line_for_every_file(run: Run) -> None:
    assert run.done.returncode == 1, run.done.stderr
    assert set(run.manifest) == {*never(), *seldom(), *GOOD}
    lines = (run.out / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(run.manifest)


def a_good_report_is_read_without_a_fault(name: str, run: Run) -> None:
    assert run.manifest[name].outcome == "converted", name
    assert score(run, name, GOOD[name]).faults == (), name


def said_well(line: ManifestLine) -> bool:
    error = line.error or ""
    return error != "" and "\n" not in error and "Traceback" not in error and "an error in Gouji" not in error


def what_is_no_report_fails_and_says_why(name: str, run: Run) -> None:
    line = run.manifest[name]
    assert (line.outcome, said_well(line)) == ("failed", True), line
    assert not report_path(run.out, name).exists()


def what_is_left_of_a_report_says_nothing_wrong(name: str, run: Run) -> None:
    line = run.manifest[name]
    if line.outcome == "failed":
        assert name.startswith("cut ")
        assert said_well(line), line
        return
    assert line.error is None
    assert score(run, name, REPORT).silent == 0, line
    if not name.startswith("cut "):
        assert score(run, name, REPORT).faults == (), line


def each_failure_is_one_line_on_standard_error(run: Run) -> None:
    failed = {name: line.error for name, line in run.manifest.items() if line.outcome == "failed"}
    lines = sorted(f"{name}: {error}".replace("\n", "\\n") for name, error in failed.items())
    assert sorted(run.done.stderr.splitlines()) == lines


def nothing_half_written_is_left(run: Run) -> None:
    assert [p for p in run.out.rglob("*") if p.name.endswith(".part")] == []
    reports = {p.relative_to(run.out / "reports").as_posix() for p in (run.out / "reports").rglob("*.json")}
    assert reports == {f"{name}.json" for name, line in run.manifest.items() if line.outcome == "converted"}


def the_causes_are_told_apart(run: Run) -> None:
    for name, word in {
        "encrypted.pdf": "encrypted",
        "encrypted.docx": "encrypted",
        "legacy.doc": ".docx",
        "spreadsheet.docx": "spreadsheet",
        "empty.pdf": "empty",
        "zeros.pdf": "empty",
        "wide.png": "too large",
        "wide.pdf": "ingest.max_page_pixels",
        "bomb.docx": "ingest.max_unpacked_bytes",
        "laughs.docx": "not well-formed",
        "novel.txt": "no table or heading",
        "no pages.pdf": "no page",
        "photo.jpg": "no table or heading",
    }.items():
        assert word in (run.manifest[name].error or ""), name


def nobody_has_called() -> None:
    LISTENER.setblocking(False)
    with pytest.raises(BlockingIOError):
        LISTENER.accept()


# ---- found by `python -m eval.fuzz`


def test_one_row_of_the_other_form_without_its_last_cell(models: Models, tmp_path: Path) -> None:
    text = sample("nanting-2021", "report.html").decode()
    start = text.index("（六）其他处理")
    row = text[start : text.index("</tr>", start)]
    cut = row[: row.rindex("<td")]
    (tmp_path / "a.html").write_text(text.replace(row, cut), encoding="utf-8")
    report = extract(tmp_path / "a.html", models, Settings())
    fields = {f.id: f for f in report.fields}
    assert fields["applications.results.other.total"].status in (Status.MISSING, Status.REVIEW, Status.INFERRED)
    assert fields["applications.results.other.natural_person"].value is not None


def test_text_without_height(models: Models, tmp_path: Path) -> None:
    lines = [f"1 0 0 0 20 {y} cm" for y in (1, 2)]
    content = "".join(f"q {line} {text_at(5, 0, '12 34')} Q\n" for line in lines)
    (tmp_path / "a.pdf").write_bytes(pdf(PdfPage(content + text_at(20, 300, "2022"))))
    with pytest.raises(NotAReport):
        extract(tmp_path / "a.pdf", models, Settings())
