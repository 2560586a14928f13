"""Render pages in a process beside the service: a file that crashes or hangs PDFium costs its picture, nothing else.

Requests go to the process as a path and a page's number (0 asks for the sizes of all pages); it answers with the
result or with the error.
"""

from __future__ import annotations

import io
import multiprocessing
import threading
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from extraction.errors import DamagedFile, InputError
from extraction.settings import IngestSettings

PageSize = tuple[float, float]
"""Width and height in points."""

_LOST = "the page cannot be drawn: the file crashes or hangs what draws it"
_JPEG_QUALITY = 88  # print stays sharp, at about a third of a megabyte a scanned page
_START_SECONDS = 300.0  # for the process to be ready: on a machine at its limit, importing takes minutes
_RENDER_SECONDS = 60.0  # for one answer
_MAX_MEMORY_BYTES = 4_000_000_000
_MAX_LOST_PAGES = 2  # of a file that crash or hang the process, before none of its pages is rendered any more
_MAX_REMEMBERED_FILES = 10_000


class PageRenderer:
    """The process, started when it is needed and again when it is lost. It renders one page at a time.

    A page that has cost the process is not tried again while the service runs: each try would keep all others waiting.
    """

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._process: Any = None
        self._link: Connection | None = None
        self._lost: dict[Path, set[int]] = {}  # pages by file that crashed or hung the process, 0 for the sizes

    def sizes(self, path: Path) -> list[PageSize]:
        """The sizes of all pages, empty where the format has no pages. Raises InputError."""
        found: list[PageSize] = self._ask(path, 0)
        return found

    def page(self, path: Path, number: int) -> bytes:
        """A page, counted from 1, as JPEG. Raises InputError."""
        rendered: bytes = self._ask(path, number)
        return rendered

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _ask(self, path: Path, number: int) -> Any:
        with self._lock:
            lost = self._lost.get(path, set[int]())
            if number in lost or len(lost) >= _MAX_LOST_PAGES:
                raise DamagedFile(_LOST)
            try:
                link = self._started()
                link.send((path, number))
                answer = _received(link, _RENDER_SECONDS)
            except (EOFError, OSError) as error:  # TimeoutError is an OSError
                self._end()
                if len(self._lost) >= _MAX_REMEMBERED_FILES:
                    del self._lost[next(iter(self._lost))]
                self._lost.setdefault(path, set()).add(number)
                raise DamagedFile(_LOST) from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _started(self) -> Connection:
        if self._link is None or not self._process.is_alive():
            self._end()
            context = multiprocessing.get_context("spawn")
            self._link, theirs = context.Pipe()
            self._process = context.Process(target=_answer_requests, args=(theirs, self._settings), daemon=True)
            self._process.start()
            theirs.close()
            _received(self._link, _START_SECONDS)
        return self._link

    def _end(self) -> None:
        if self._link is not None:
            self._process.kill()
            self._process.join()
            self._link.close()
        self._process = self._link = None


def _received(link: Connection, seconds: float) -> Any:
    """The next message of the process. Raises TimeoutError, EOFError."""
    if not link.poll(seconds):
        raise TimeoutError
    return link.recv()


def _answer_requests(link: Connection, settings: IngestSettings) -> None:
    """Run the process: report that it is ready, then answer requests until the link closes."""
    import signal
    import sys

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    import extraction.ingest.pdf.drawing
    import extraction.ingest.pictures  # noqa: F401  # loaded before the first request's time counts

    link.send(None)
    while True:
        try:
            path, number = link.recv()
        except (EOFError, OSError):
            return
        try:
            answer: Any = render_page(path, number, settings) if number else page_sizes(path, settings)
        except InputError as error:
            answer = error
        except Exception as error:
            answer = DamagedFile(f"the page cannot be drawn ({type(error).__name__})")
        try:
            link.send(answer)
        except OSError:
            return


def page_sizes(path: Path, settings: IngestSettings) -> list[PageSize]:
    """The sizes of all pages of a file, empty where its format has no pages. Raises InputError."""
    from extraction.ingest.files import PDF, sniff
    from extraction.ingest.pdf.reader import open_pdf
    from extraction.ingest.pictures import open_picture, read_pictures

    data = path.read_bytes()
    media_type = sniff(data)
    if media_type == PDF:
        with open_pdf(data, settings) as pdf:
            return [pdf.page(index).get_size() for index in range(len(pdf))]
    if media_type.startswith("image/"):
        with open_picture(data, settings) as picture:
            return [(page.width or 0.0, page.height or 0.0) for page in read_pictures(picture, settings)]
    return []


def render_page(path: Path, number: int, settings: IngestSettings) -> bytes:
    """A page, counted from 1, as JPEG at the resolution that scans are read at (`scan_dpi`, less for pages over
    `max_page_pixels`). Raises InputError."""
    from PIL import Image

    from extraction.ingest.files import PDF, sniff
    from extraction.ingest.pdf.drawing import PdfRaster
    from extraction.ingest.pdf.reader import POINTS_PER_INCH, open_pdf
    from extraction.ingest.pictures import open_picture, read_pictures

    data = path.read_bytes()
    if sniff(data) == PDF:
        with open_pdf(data, settings) as pdf:
            width, height = pdf.page(number - 1).get_size()
            max_scale = (settings.max_page_pixels / max(1.0, width * height)) ** 0.5
            scale = min(settings.scan_dpi / POINTS_PER_INCH, max_scale)
            pixels = PdfRaster(pdf, number - 1, scale).pixels
    else:
        with open_picture(data, settings) as picture:
            page = next(islice(read_pictures(picture, settings), number - 1, None))
            assert page.raster is not None
            pixels = page.raster.pixels
    file = io.BytesIO()
    Image.fromarray(pixels if pixels.ndim == 2 else pixels[:, :, ::-1]).save(file, "JPEG", quality=_JPEG_QUALITY)
    return file.getvalue()
