"""Draft -> DOCX -> PDF through LibreOffice, in a profile of its own and with no fonts but the draft's.

The pages of a draft's PDF are always the same, its bytes are not: LibreOffice numbers fonts by memory address.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from training.synthetic.content.draft import Draft, Rendered
from training.synthetic.fonts import font_file
from training.synthetic.render.check import ATTEMPTS, sound, text_faults, ways
from training.synthetic.render.colour_coding import inside_grid_lines, item_colours, places
from training.synthetic.render.word import word_document

SOFFICE = "soffice"
_EXPORT = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"false"}}'
_START_SECONDS, _DOCUMENT_SECONDS = 120, 60  # to start, and for each document
_DATE = re.compile(rb"(/CreationDate\(D:)\d{14}[^)]*")
_NAMES = re.compile(rb"(?<=<)[0-9A-F]{32}(?=>)|(?<=/DocChecksum /)[0-9A-F]{32}")


def render_libreoffice(draft: Draft) -> Rendered:
    """Return the draft as LibreOffice renders it. Raises Unsound, RuntimeError or subprocess.TimeoutExpired."""
    return render_libreoffice_batch([draft])[0]


def render_libreoffice_batch(drafts: Sequence[Draft]) -> list[Rendered]:
    """Render many drafts in one start of LibreOffice, which is most of the time of a single one.

    Raises Unsound where LibreOffice loses text or prints over it in every one of the `ways`; 7.4 does either with one
    report in fifty, where a page break divides a merged cell close to its start.
    """
    done: dict[int, Rendered] = {}
    for attempt in range(ATTEMPTS):
        waiting = [number for number in range(len(drafts)) if number not in done]
        if not waiting:
            break
        printed = _printed([ways(drafts[number])[attempt] for number in waiting])
        for number, rendered in zip(waiting, printed, strict=True):
            if attempt + 1 == ATTEMPTS or not text_faults(drafts[number], rendered):
                done[number] = sound(drafts[number], rendered)
    return [done[number] for number in range(len(drafts))]


def _printed(drafts: Sequence[tuple[Draft, bool]]) -> list[Rendered]:
    """Render the drafts, each with whether its rows are kept whole."""
    with tempfile.TemporaryDirectory(prefix="libreoffice-") as name:
        folder = Path(name)
        for number, (draft, whole_rows) in enumerate(drafts):
            (folder / f"{number}-plain.docx").write_bytes(word_document(draft, whole_rows))
            (folder / f"{number}-coloured.docx").write_bytes(word_document(draft, whole_rows, item_colours(draft)))
        _convert(folder, _families(draft for draft, _ in drafts), 2 * len(drafts))
        return [_rendered(draft, folder, number) for number, (draft, _) in enumerate(drafts)]


def _rendered(draft: Draft, folder: Path, number: int) -> Rendered:
    plain, coloured = (folder / f"{number}-{kind}.pdf" for kind in ("plain", "coloured"))
    if not (plain.is_file() and coloured.is_file()):
        raise RuntimeError(f"LibreOffice wrote no PDF of {draft.id}")
    pdf = _NAMES.sub(b"0" * 32, _DATE.sub(rb"\g<1>20240101000000Z", plain.read_bytes()))
    return Rendered(pdf, inside_grid_lines(draft, places(draft, plain.read_bytes(), coloured.read_bytes())))


def _families(drafts: Iterable[Draft]) -> set[str]:
    looks = [draft.look for draft in drafts]
    return {f for look in looks for f in (look.font, look.heading_font, look.table_font, look.digit_font)}


def _convert(folder: Path, families: Iterable[str], documents: int) -> None:
    command = [
        SOFFICE,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        _EXPORT,
        "--outdir",
        str(folder),
        *sorted(map(str, folder.glob("*.docx"))),
    ]
    environment = {**os.environ, "FONTCONFIG_FILE": str(_fonts(folder, families))}
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, start_new_session=True
    )
    try:
        _, errors = process.communicate(timeout=_START_SECONDS + documents * _DOCUMENT_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # the office is a child of the script that was started
        process.wait()
        raise
    if process.returncode:
        raise RuntimeError(f"LibreOffice failed: {errors.decode(errors='replace')[-500:]}")


def _fonts(folder: Path, families: Iterable[str]) -> Path:
    """Return a fontconfig with the families' regular faces and nothing else."""
    fonts = folder / "fonts"
    fonts.mkdir()
    for family in sorted(families):
        source = Path(font_file(family).path)
        link = fonts / source.name
        if not link.exists():
            link.symlink_to(source)
    configuration = folder / "fonts.conf"
    configuration.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f"<dir>{fonts}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    return configuration
