"""A process that draws pages, beside the service: a file that crashes or hangs PDFium costs its picture, nothing else.

To it go a path and a page's number (0 asks for the sizes of all pages); from it come the answer or the error.
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
_QUALITY = 88  # of JPEG: what is read stays sharp, at about a third of a megabyte a scanned page
_PATIENCE = 60.0  # seconds for an answer, the start of the process among them
_MEMORY = 4_000_000_000  # bytes
_CHANCES = 2  # pages of a file that may crash or hang the process, before none of it is drawn any more
_MOST_REMEMBERED = 10_000  # files


class Painter:
    """The process, started when it is needed and again when it is lost. One page at a time.

    What has cost it the process is not tried again while the service runs: each try would keep all others waiting.
    """

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._process: Any = None
        self._link: Connection | None = None
        self._lost: dict[Path, set[int]] = {}  # what crashed or hung it: the pages by file, 0 being their sizes

    def sizes(self, path: Path) -> list[PageSize]:
        """Of all pages, none where the format has no pages. Raises InputError."""
        found: list[PageSize] = self._ask(path, 0)
        return found

    def page(self, path: Path, number: int) -> bytes:
        """A page as JPEG. Raises InputError."""
        drawn: bytes = self._ask(path, number)
        return drawn

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _ask(self, path: Path, number: int) -> Any:
        with self._lock:
            lost = self._lost.get(path, set[int]())
            if number in lost or len(lost) >= _CHANCES:
                raise DamagedFile(_LOST)
            try:
                link = self._started()
                link.send((path, number))
                if not link.poll(_PATIENCE):
                    raise TimeoutError
                answer = link.recv()
            except (EOFError, OSError) as error:  # TimeoutError is an OSError
                self._end()
                if len(self._lost) >= _MOST_REMEMBERED:
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
            self._process = context.Process(target=_paint, args=(theirs, self._settings), daemon=True)
            self._process.start()
            theirs.close()
        return self._link

    def _end(self) -> None:
        if self._link is not None:
            self._process.kill()
            self._process.join()
            self._link.close()
        self._process = self._link = None


def _paint(link: Connection, settings: IngestSettings) -> None:
    """The life of the process: it ends with its link, and so with the service however that ends."""
    import signal
    import sys

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    while True:
        try:
            path, number = link.recv()
        except (EOFError, OSError):
            return
        try:
            answer: Any = drawn(path, number, settings) if number else page_sizes(path, settings)
        except InputError as error:
            answer = error
        except Exception as error:
            answer = DamagedFile(f"the page cannot be drawn ({type(error).__name__})")
        try:
            link.send(answer)
        except OSError:
            return


def page_sizes(path: Path, settings: IngestSettings) -> list[PageSize]:
    """Of all pages of a file. Raises InputError."""
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


def drawn(path: Path, number: int, settings: IngestSettings) -> bytes:
    """A page as JPEG, as it is read: in about `scan_dpi`. Raises InputError."""
    from PIL import Image

    from extraction.ingest.files import PDF, sniff
    from extraction.ingest.pdf.drawing import PdfRaster
    from extraction.ingest.pdf.reader import POINTS_PER_INCH, open_pdf
    from extraction.ingest.pictures import open_picture, read_pictures

    data = path.read_bytes()
    if sniff(data) == PDF:
        with open_pdf(data, settings) as pdf:
            width, height = pdf.page(number - 1).get_size()
            fits = (settings.max_page_pixels / max(1.0, width * height)) ** 0.5
            pixels = PdfRaster(pdf, number - 1, min(settings.scan_dpi / POINTS_PER_INCH, fits)).pixels
    else:
        with open_picture(data, settings) as picture:
            page = next(islice(read_pictures(picture, settings), number - 1, None))
            assert page.raster is not None
            pixels = page.raster.pixels
    file = io.BytesIO()
    Image.fromarray(pixels if pixels.ndim == 2 else pixels[:, :, ::-1]).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
