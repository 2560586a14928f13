"""Pages rendered by a process of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from extraction.errors import DamagedFile, InputError
from extraction.settings import IngestSettings
from service.page_renderer import PageRenderer, page_sizes, render_page
from tests.documents import SAMPLES

PDF = SAMPLES / "fengqiu-2022" / "scan.pdf"


@pytest.fixture
def renderer() -> Iterator[PageRenderer]:
    made = PageRenderer(IngestSettings())
    yield made
    made.close()


@pytest.fixture
def grey(tmp_path: Path) -> Path:
    """A TIFF of two pages."""
    pages = [Image.new("L", (400, 500), shade) for shade in (60, 200)]
    pages[0].save(tmp_path / "grey.tif", save_all=True, append_images=pages[1:])
    return tmp_path / "grey.tif"


def test_the_process_renders_what_its_functions_do(renderer: PageRenderer, grey: Path) -> None:
    settings = IngestSettings()
    for path in (grey, PDF):
        sizes = renderer.sizes(path)
        assert sizes == page_sizes(path, settings)
        assert renderer.page(path, len(sizes)) == render_page(path, len(sizes), settings)


def test_a_page_is_rendered_at_the_resolution_that_scans_are_read_at(renderer: PageRenderer) -> None:
    width, _ = renderer.sizes(PDF)[0]
    page = Image.open(io.BytesIO(renderer.page(PDF, 1)))
    assert page.width == pytest.approx(width * IngestSettings().scan_dpi / 72, abs=2)
    small = IngestSettings(max_page_pixels=100_000)
    least = Image.open(io.BytesIO(render_page(PDF, 1, small)))
    assert least.width * least.height < page.width * page.height


def test_a_format_without_pages_has_no_sizes(renderer: PageRenderer, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><body>报告</body></html>", encoding="utf-8")
    assert renderer.sizes(tmp_path / "page.html") == []


def test_a_damaged_file_is_an_error_and_the_process_goes_on(renderer: PageRenderer, grey: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    with pytest.raises(InputError):
        renderer.sizes(tmp_path / "broken.pdf")
    process = renderer._process
    assert len(renderer.sizes(grey)) == 2
    assert renderer._process is process


def test_a_process_that_is_killed_is_started_again_for_other_files(renderer: PageRenderer, grey: Path) -> None:
    renderer.sizes(grey)
    renderer._process.kill()
    renderer._process.join()
    assert len(renderer.sizes(grey)) == 2


def test_a_page_that_hangs_the_process_is_not_tried_again(
    renderer: PageRenderer, grey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hangs:
        hangs.setattr("service.page_renderer._RENDER_SECONDS", 0.0)
        with pytest.raises(DamagedFile):
            renderer.page(grey, 1)
    with pytest.raises(DamagedFile):
        renderer.page(grey, 1)
    assert renderer.page(grey, 2)
