"""The review desk in Debian's Chromium, on a service that runs: what people do, by keys, and what they may not do."""

from __future__ import annotations

import io
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")
pytest.importorskip("playwright", reason="it drives the browser")

import httpx
import pypdfium2
from PIL import ImageDraw
from playwright.sync_api import APIResponse, Browser, Page, expect, sync_playwright

from annotations.store import load_annotation
from extraction.document import Status
from extraction.doubts import Doubt, DoubtCode, Doubts
from extraction.figures import parse_figure
from service.files import Files
from service.security.accounts import add_token, add_user
from service.security.roles import Role
from service.store import leases
from service.store.engine import Store
from tests.documents import SAMPLES
from tests.service.archive import report, stored, unsure
from tests.service.server import serving
from tests.system import needs

PASSWORD = "勾稽 sums that hold"
PATIENCE = 120_000  # milliseconds, on a machine that has much else to do
expect.set_options(timeout=PATIENCE)

pytestmark = [needs(programs=["chromium"]), pytest.mark.slow]

SCAN = SAMPLES / "fengqiu-2022" / "scan.pdf"
UPHELD, CORRECTED = "review.upheld", "review.corrected"
SPOILT = {UPHELD: (69, 370, 99, 390), CORRECTED: (100, 370, 130, 390)}
"""Cells of the sample's last page, in points: 31 and 17, of 31 + 17 + 24 + 9 = 81."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield started
        started.close()


def scan_with_scrawls() -> bytes:
    """The sample's scan, two of its figures scrawled over: no sum says what either is."""
    scale = 200 / 72
    with pypdfium2.PdfDocument(SCAN) as pdf:
        pages = [page.render(scale=scale).to_pil().convert("L") for page in pdf]
    pen = ImageDraw.Draw(pages[2])
    for left, top, right, bottom in SPOILT.values():
        x, y = (left + right) / 2 * scale, (top + bottom) / 2 * scale
        for stroke in range(-2, 3):
            pen.line((x - 22, y + stroke * 6 + 5, x + 22, y + stroke * 6 - 5), fill=40, width=4)
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=200, quality=80)
    return file.getvalue()


@contextmanager
def somebody(browser: Browser, desk: Desk, name: str = "", **options: object) -> Iterator[Page]:
    """A page of somebody's who has logged in, "" for nobody; whatever goes wrong in its scripts is an error."""
    context = browser.new_context(
        base_url=desk.address, viewport={"width": 1366, "height": 768}, locale="zh-CN", **options
    )  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    if name:
        page.goto("/login")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url("**/desk")
    yield page
    context.close()
    assert faults == []


@dataclass(frozen=True)
class Desk:
    """A service that runs: its address, its store and its files, and a client that nobody has logged in with."""

    address: str
    client: httpx.Client
    store: Store
    files: Files

    def report(self, *field_ids: str, sample: str = "fengqiu-2022", doubts: Doubts = ()) -> int:
        """The id of a new report with a scan, of which these fields are for review."""
        sha256 = uuid4().hex * 2
        place = self.files.put_document(SCAN, sha256)
        with self.store.writing() as session:
            of = unsure(report(sample), *field_ids, doubts=doubts)
            return stored(session, of, name="枫丘2022.pdf", sha256=sha256, place=place)

    def wait_until_free(self, number: int) -> None:
        """Until nobody holds the report: a page says that it is left after it is gone."""
        for _ in range(1200):
            with self.store.reading() as session:
                if not leases.held(session, [number]):
                    return
            time.sleep(0.1)
        raise TimeoutError


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """With two reviewers and a viewer."""
    data = tmp_path_factory.mktemp("desk")
    store = Store(f"sqlite:///{data}/gouji.db")
    store.upgrade()
    with store.writing() as session:
        for name, role in (("王敏", Role.REVIEWER), ("李强", Role.REVIEWER), ("访客", Role.VIEWER)):
            add_user(session, name, role, PASSWORD)
    with serving(data, "--workers", "1") as (_, client):
        yield Desk(str(client.base_url), client, store, Files(str(data / "files")))


def open_report(page: Page, number: int) -> None:
    page.goto(f"/desk/reports/{number}")
    page.wait_for_selector("body[data-ready]")


SCREENS = ((1366, 768), (1024, 768), (768, 1024))
"""The smallest notebook's, and a tablet's both ways."""


def cell(page: Page, field_id: str) -> str:
    return f'input[data-field="{field_id}"]'


# ---------------------------------------------------------------- the whole way


def test_from_a_scan_to_an_annotation_by_keyboard(browser: Browser, desk: Desk) -> None:
    with somebody(browser, desk, "王敏") as page:
        page.set_input_files(
            "#files", {"name": "枫丘.pdf", "mimeType": "application/pdf", "buffer": scan_with_scrawls()}
        )
        page.click("#upload button")
        page.get_by_role("link", name="核对这一份").click()
        page.wait_for_selector("body[data-ready]")
        expect(page.locator("#left")).to_have_text("? 须核对 2 格")
        expect(page.locator(cell(page, UPHELD))).to_be_focused()
        expect(page.locator(f"td:has({cell(page, UPHELD)})")).to_have_attribute("data-look", "review")
        expect(page.locator(".page-number")).to_have_text("第 3 / 3 页")
        expect(page.locator(".box.focus")).to_be_visible()

        page.keyboard.press("Space")  # what is typed first is wrong: it is taken back
        page.keyboard.type("30")
        page.keyboard.press("Enter")
        expect(page.locator(cell(page, CORRECTED))).to_be_focused()
        page.keyboard.press("u")
        expect(page.locator(cell(page, UPHELD))).to_be_focused()
        page.keyboard.press("Space")
        page.keyboard.type("31")
        page.keyboard.press("Enter")

        expect(page.locator(cell(page, CORRECTED))).to_be_focused()
        offered = page.locator(".choice", has_text="勾稽推算")
        expect(offered).to_contain_text("17")
        total = page.locator(f"td:has({cell(page, 'review.total')})")
        expect(total).not_to_have_attribute("data-sum", "ok")
        page.keyboard.press("Space")
        page.keyboard.type("18")
        expect(total).to_have_attribute("data-sum", "fail")
        expect(page.locator(".sums .fail")).to_contain_text("31 + 18 + 24 + 9 = 82，而右边 81，相差 1（左边多）")
        page.keyboard.press("Backspace")
        page.keyboard.type("7")
        expect(total).to_have_attribute("data-sum", "ok")
        expect(page.locator(".sums li.ok")).to_contain_text("✓ 相符")
        page.keyboard.press("Enter")

        expect(page.locator("#left")).to_have_text("✓ 单元格已核对")
        page.keyboard.press("a")
        expect(page.locator("#finish")).to_be_enabled()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#done")).to_be_visible()

        (kept,) = page.request.get("/api/annotations").json()
        assert kept["reviewer"] == "王敏"
        annotation = load_annotation(page.request.get(f"/api/annotations/{kept['report_id']}").text())
        assert [annotation.report.field(i).value for i in SPOILT] == [31, 17]
        assert all(f.status is not Status.REVIEW for f in annotation.report.fields)
        page.goto("/desk/training")
        expect(page.locator("#new-annotations")).to_contain_text("1")
        page.goto("/desk/dashboard")
        expect(page.get_by_text("须核对单元格的首选读数")).to_be_visible()


def test_errors_of_the_report_itself_are_confirmed_and_its_heading_put_right(browser: Browser, desk: Desk) -> None:
    number = desk.report(sample="beilan-2020")
    with somebody(browser, desk, "王敏") as page:
        open_report(page, number)
        failing = page.locator("#sums")
        expect(failing).to_have_text("≠ 勾稽不符 5 条")
        page.keyboard.press("a")
        expect(page.locator("#accept-all")).to_be_disabled()
        expect(page.locator("#finish")).to_be_disabled()
        page.keyboard.press("Enter")
        for left in range(4, 0, -1):
            page.keyboard.press("e")
            expect(failing).to_have_text(f"≠ 勾稽不符 {left} 条")
        page.keyboard.press("u")
        expect(failing).to_have_text("≠ 勾稽不符 2 条")
        page.get_by_role("button", name="源表有误").first.click()
        expect(failing).to_have_text("≠ 勾稽不符 1 条")
        page.get_by_role("button", name="源表有误").first.click()
        expect(failing).to_contain_text("源误 5")
        page.click("#heading")
        page.fill("#headings [name=year]", "2021")
        page.keyboard.press("Enter")
        expect(page.locator("#finish")).to_be_enabled()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#done")).to_be_visible()
        kept = page.request.get(f"/api/reports/{number}/json").json()
        verdicts = [check["verdict"] for check in kept["checks"]]
        assert (kept["year"], verdicts.count("source_inconsistent")) == (2021, 5)


# ---------------------------------------------------------------- two at once


def test_two_reviewers_never_edit_one_report_at_once(browser: Browser, desk: Desk) -> None:
    number = desk.report(UPHELD, CORRECTED)
    with (
        somebody(browser, desk, "王敏") as first,
        somebody(browser, desk, "李强") as second,
    ):
        open_report(first, number)
        open_report(second, number)
        expect(second.locator("#held")).to_contain_text("王敏 正在核对这份报告")
        second.locator(cell(second, UPHELD)).focus()
        second.keyboard.press("Enter")
        expect(second.locator("#left")).to_have_text("? 须核对 2 格")
        expect(second.locator("#accept-all")).to_be_disabled()
        state = _act(second, number, "value", UPHELD, "99")
        assert state.status == 423
        assert "王敏" in state.json()["detail"]

        first.keyboard.press("Enter")
        expect(first.locator("#left")).to_have_text("? 须核对 1 格")
        first.goto("/desk")
        desk.wait_until_free(number)
        open_report(second, number)
        expect(second.locator("#left")).to_have_text("? 须核对 1 格")  # the other's work is there
        second.keyboard.press("Enter")
        expect(second.locator("#left")).to_have_text("✓ 单元格已核对")
        open_report(first, number)
        expect(first.locator("#held")).to_contain_text("李强")


def test_why_a_cell_is_in_doubt_stands_beside_it(browser: Browser, desk: Desk) -> None:
    number = desk.report(UPHELD, doubts=(Doubt(DoubtCode.SEAL_OVER_FIGURE), Doubt(DoubtCode.GRID_LINE_BROKEN)))
    with somebody(browser, desk, "王敏") as page:
        open_report(page, number)
        seal, line = DoubtCode.SEAL_OVER_FIGURE.about.zh, DoubtCode.GRID_LINE_BROKEN.about.zh
        expect(page.locator(".cell-reasons")).to_have_text(f"存疑原因：{seal}；{line}")
        expect(page.locator(cell(page, UPHELD))).to_have_attribute("aria-label", re.compile(seal))
        page.locator(cell(page, CORRECTED)).focus()
        expect(page.locator(".cell-reasons")).to_be_empty()
        page.locator(cell(page, UPHELD)).focus()
        page.keyboard.press("Enter")
        page.locator(cell(page, UPHELD)).focus()
        expect(page.locator(".cell-reasons")).to_have_text(f"曾存疑：{seal}；{line}")


def test_the_same_person_in_two_windows_is_told(browser: Browser, desk: Desk) -> None:
    number = desk.report(UPHELD, CORRECTED)
    with somebody(browser, desk, "王敏") as one:
        open_report(one, number)
        other = one.context.new_page()
        open_report(other, number)
        one.keyboard.press("Enter")
        expect(one.locator("#left")).to_have_text("? 须核对 1 格")
        other.keyboard.press("Enter")
        expect(other.locator("#fault")).to_contain_text("另一个窗口")
        other.reload()
        expect(other.locator("#left")).to_have_text("? 须核对 1 格")


# ---------------------------------------------------------------- who may not


def test_who_may_not_is_refused(browser: Browser, desk: Desk) -> None:
    number = desk.report(UPHELD)
    with desk.store.writing() as session:
        secret = add_token(session, "访客", "test")
    with somebody(browser, desk) as nobody:
        nobody.goto(f"/desk/reports/{number}")
        assert nobody.url.startswith("/login") or "/login?" in nobody.url
        action = {"kind": "accept_all", "sequence": 0, "revision": 1}
        assert desk.client.post(f"/desk/reports/{number}/actions", json=action).status_code == 401
        assert desk.client.get(f"/desk/reports/{number}/state").status_code == 401
        bearer = {"Authorization": f"Bearer {secret}"}
        assert desk.client.get(f"/desk/reports/{number}/state", headers=bearer).status_code == 200
        assert desk.client.post(f"/desk/reports/{number}/actions", json=action, headers=bearer).status_code == 403
        assert desk.client.post(f"/desk/reports/{number}/accept", json=action, headers=bearer).status_code in (403, 422)
        with somebody(browser, desk, "访客") as viewer:
            open_report(viewer, number)
            expect(viewer.get_by_text("只读")).to_have_count(2)
            viewer.keyboard.press("Enter")
            expect(viewer.locator("#left")).to_have_text("? 须核对 1 格")
            viewer.goto("/desk")
            expect(viewer.locator("#upload")).to_have_count(0)
            assert _act(viewer, number, "accept_all").status == 403
        with somebody(browser, desk, "王敏") as reviewer:
            answer = reviewer.request.post(f"/desk/reports/{number}/actions", data=action)
            assert answer.status == 403  # no CSRF token
            assert reviewer.request.post("/desk/training", form={"csrf": csrf_token(reviewer)}).status == 403


# ---------------------------------------------------------------- how it looks and feels


UNNAMED = """[...document.querySelectorAll('input:not([type=hidden]), button, a, select')].filter((e) =>
  !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim())).length"""
"""How many controls of a page have no name that a screen reader could say."""


def test_pages_fit_screens_and_every_control_has_a_name(browser: Browser, desk: Desk) -> None:
    number = desk.report(UPHELD)
    with somebody(browser, desk, "王敏", has_touch=True) as page:
        for address in ("/desk", "/desk/dashboard", "/desk/trend", "/desk/compare", "/desk/training"):
            page.goto(address)
            assert page.evaluate(UNNAMED) == 0, address
            for width, height in SCREENS:
                page.set_viewport_size({"width": width, "height": height})
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width)
        open_report(page, number)
        assert page.evaluate(UNNAMED) == 0
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
            for part in (".scan-view", ".cell", "#finish"):
                expect(page.locator(part)).to_be_in_viewport(ratio=0.98)
        page.locator(f"td:has({cell(page, 'review.total')})").tap()
        expect(page.locator(".cell-name")).to_have_text("行政复议 / 总计")


def test_figures_are_previewed_as_the_server_reads_them(browser: Browser, desk: Desk) -> None:
    texts = [
        "0",
        "12",
        "007",
        "1,234",
        "1,23",
        "１２",
        "-5",
        "—5",
        "3.50",
        "1 2",
        "12件",
        "",
        "/",
        "1.23456",
        "12%",
        "9" * 19,
    ]
    with somebody(browser, desk, "王敏") as page:
        source = page.locator("script[type=module]").first.get_attribute("src") or ""
        address = source.replace("queue.js", "figures.js")
        shown = page.evaluate(
            "async ([address, texts]) => { const f = await import(address);"
            " return texts.map((t) => { const v = f.parse(t); return v === null ? null : f.show(v); }); }",
            [address, texts],
        )
        for text, preview in zip(texts, shown, strict=True):
            figure = parse_figure(text)
            if preview is not None:
                assert figure is not None, text
                assert figure.value is not None
                assert format(figure.value, "f") == preview
        assert shown[:4] == ["0", "12", None, "1234"]


def csrf_token(page: Page) -> str:
    return page.locator('meta[name="csrf"]').get_attribute("content") or ""


def _act(page: Page, number: int, kind: str, *targets: str) -> APIResponse:
    fields, text = list(targets[:1]), targets[1] if len(targets) > 1 else ""
    body = {"kind": kind, "targets": fields, "text": text, "sequence": 0, "revision": 1}
    return page.request.post(f"/desk/reports/{number}/actions", data=body, headers={"X-CSRF-Token": csrf_token(page)})
