"""Files to reports. The networks are loaded with the first file that needs them, and then kept for all later calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rich.console import Console
from rich.progress import track

from extraction.bulk.inputs import find_inputs
from extraction.bulk.one import read_one, require_weights
from extraction.bulk.plan import cores
from extraction.errors import InputError
from extraction.settings import Settings, load_settings
from gouji.report import Report
from models.loaded import Models


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why; `name` is its path below the folder that was given."""

    path: Path
    name: str
    error: InputError

    def __str__(self) -> str:
        return f"{self.name}: {self.error}"


def read(path: str | Path, *, settings: str | Path | None = None, ocr: str = "rapidocr") -> Report:
    """The report in a file: PDF, PNG, JPEG, TIFF, DOCX, HTML or text.

    Args:
        path: the file.
        settings: a TOML file of limits and thresholds, see docs/settings.md.
        ocr: the engine for pictures, `rapidocr` or `paddleocr`.

    Raises:
        InputError: the file cannot be read, or is no such report; the class and the message say why.
        UsageError: the settings are wrong.
        ModelError: the networks are missing or damaged.
    """
    name = str(path)
    result = _result(Path(path), name, _settings(settings), ocr)
    if isinstance(result, Failure):
        result.error.add_note(f"file: {name}")
        raise result.error
    return result


def read_many(
    inputs: str | Path | Iterable[str | Path],
    *,
    settings: str | Path | None = None,
    ocr: str = "rapidocr",
    progress: bool = True,
) -> Iterator[Report | Failure]:
    """The reports in many files, one after another; a file that cannot be read is a `Failure`, and the others go on.

    Args:
        inputs: a file, a folder (searched recursively) or a glob, or several of them.
        settings, ocr: as for `read`.
        progress: show a bar, in a terminal (on standard error) or a notebook.

    Yields:
        What became of each file, in the order of their paths.

    Raises:
        UsageError: an input is not there, or the settings are wrong.
        ModelError: the networks are missing or damaged.
    """
    chosen = _settings(settings)
    named = [inputs] if isinstance(inputs, str | Path) else inputs
    found = find_inputs([str(one) for one in named])
    screen = Console(stderr=True)
    shown = progress and (screen.is_terminal or screen.is_jupyter)
    for item in track(found, "gouji", console=screen, transient=True, disable=not shown):
        yield _result(item.path, item.name, chosen, ocr)


def _settings(file: str | Path | None) -> Settings:
    return load_settings(None if file is None else Path(file))


def _result(path: Path, name: str, settings: Settings, ocr: str) -> Report | Failure:
    try:
        return Report.of(read_one(path, _models(ocr, settings.reading.layout), settings, name))
    except InputError as error:
        return Failure(path, name, error)


@cache
def _models(ocr: str, layout: bool) -> Models:
    """The networks, kept as long as the process. Raises ModelError."""
    require_weights(ocr)
    return Models(ocr, cores(), layout=layout)
