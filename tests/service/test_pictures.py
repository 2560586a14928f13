"""Pictures of pages: drawn by a real process, kept for one upload only, and not tried for ever."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from PIL import Image

from extraction.errors import DamagedFile
from extraction.settings import IngestSettings
from service.files import Files
from service.pictures import Pictures
from service.store.tables import Document


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(str(tmp_path / "files"))


@pytest.fixture
def pictures(files: Files) -> Iterator[Pictures]:
    made = Pictures(files, IngestSettings())
    yield made
    made.close()


def upload(files: Files, place: str, *shades: int) -> Document:
    """A document of grey pages, and always the same id."""
    file = io.BytesIO()
    first, *others = (Image.new("L", (400, 500), shade) for shade in shades)
    first.save(file, "TIFF", save_all=True, append_images=others)
    files.put(place, file.getvalue())
    return Document(id=1, place=place)


def shade(page: bytes | None) -> int:
    """Of the middle of a page."""
    assert page is not None
    found = Image.open(io.BytesIO(page)).convert("L").getpixel((200, 250))
    assert isinstance(found, int)
    return found


def test_an_id_that_comes_again_does_not_show_another_documents_page(pictures: Pictures, files: Files) -> None:
    dark, light = upload(files, "documents/ab/ab-1", 60), upload(files, "documents/cd/cd-2", 200, 200)
    assert (len(pictures.sizes(dark)), shade(pictures.page(dark, 1))) == (1, 60)
    assert (len(pictures.sizes(light)), shade(pictures.page(light, 1))) == (2, 200)
    pictures.forget(dark)
    kept = {path.relative_to(files.root).as_posix() for path in files.root.rglob("*") if path.is_file()}
    assert {name for name in kept if name.startswith("pictures/")} == {
        "pictures/documents/cd/cd-2/pages.json",
        "pictures/documents/cd/cd-2/1.jpg",
    }


def test_what_hangs_the_process_is_not_tried_again(
    pictures: Pictures, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = upload(files, "documents/ab/ab-1", 60, 60, 60), upload(files, "documents/cd/cd-2", 200)
    assert len(pictures.sizes(bad)) == 3
    limit = "service.page_renderer._RENDER_SECONDS"
    for number in (1, 2):
        with monkeypatch.context() as hangs:
            hangs.setattr(limit, 0.0)
            with pytest.raises(DamagedFile):
                pictures.page(bad, number)
        with pytest.raises(DamagedFile):
            pictures.page(bad, number)  # with time again
    with pytest.raises(DamagedFile):
        pictures.page(bad, 3)  # two pages were enough
    assert pictures._renderer._process is None
    assert shade(pictures.page(good, 1)) == 200


def test_a_file_whose_pages_cannot_be_counted_has_none(
    pictures: Pictures, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging, broken = upload(files, "documents/ab/ab-1", 60), Document(id=2, place="documents/cd/cd-2")
    files.put(broken.place, b"%PDF-1.7 and no more")
    with monkeypatch.context() as hangs:
        hangs.setattr("service.page_renderer._RENDER_SECONDS", 0.0)
        assert pictures.sizes(hanging) == []
    for document in (hanging, broken):
        assert pictures.sizes(document) == []
        assert pictures.page(document, 1) is None
        assert pictures.page_count(document) is None
