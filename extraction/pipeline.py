"""The page to read first: from a file to a checked report.

Each page of a file goes through the page stages, a frozen value in and the next out,

    Page -> PreparedPage -> PageLayers -> TableStructure -> CellReadings -> Region

and what all pages hold, the document's `Contents`, through those of the document, to the `Report`. A format that states
its own structure (DOCX, HTML, text) comes with regions, and enters at the contents.
"""

from __future__ import annotations

from pathlib import Path

from extraction.cells.readings import readings_of
from extraction.contents import Contents, checked, report_of, tagged
from extraction.document import Region, Report, Source
from extraction.ingest.files import open_document
from extraction.layout.page_regions import regions_of
from extraction.preprocess.prepared_page import layers_of, prepare
from extraction.preprocess.text_layer_check import with_trusted_text
from extraction.settings import Settings
from extraction.stages import UNWATCHED, Stage, Stages, Watcher, through
from extraction.tables.structure import structure_of
from models.loaded import Models

STAGES = Stages(
    file=(Stage("text layer", with_trusted_text),),
    page=(
        Stage("preparation", prepare),
        Stage("layers", layers_of),
        Stage("structure", structure_of),
        Stage("cells", readings_of),
        Stage("regions", regions_of),
    ),
    contents=(Stage("tags", tagged),),
    report=(Stage("labelling", report_of), Stage("sums", checked)),
)


def extract(
    path: Path,
    models: Models,
    settings: Settings,
    name: str | None = None,
    *,
    stages: Stages = STAGES,
    watcher: Watcher = UNWATCHED,
) -> Report:
    """The report in the file at `path`, every figure labelled and every sum checked.

    `name` is the path to record in it, `path` itself by default; `watcher` is told of every stage. Raises an
    `InputError` where the file cannot be converted.
    """
    contents = read_document(path, models, settings, name, stages=stages, watcher=watcher)
    report: Report
    (report,) = through(stages.report, contents, models, settings, watcher)
    return report


def read_document(
    path: Path,
    models: Models,
    settings: Settings,
    name: str | None = None,
    *,
    stages: Stages = STAGES,
    watcher: Watcher = UNWATCHED,
) -> Contents:
    """What stands in the file at `path`. Raises an `InputError` where it cannot be read."""
    regions: list[Region] = []
    warnings: list[str] = []
    pictured: set[int | None] = set()
    with open_document(path, settings.ingest) as document:
        for given in watcher.pages(document.pages):
            (page,) = through(stages.file, given, models, settings, watcher)
            is_picture = page.raster is not None
            regions += through(stages.page, page, models, settings, watcher) if is_picture else page.regions
            warnings += page.warnings
            if is_picture and not page.spans:
                pictured.add(page.number)
    source = Source(name or str(path), document.sha256, document.media_type, document.page_count)
    read = Contents(source, tuple(regions), tuple(warnings), frozenset(pictured))
    contents: Contents
    (contents,) = through(stages.contents, read, models, settings, watcher)
    return contents
