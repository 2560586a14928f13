"""Pages through the stages of a page."""

from __future__ import annotations

from extraction.document import Page, Region
from extraction.pipeline import STAGES
from extraction.settings import Settings
from extraction.stages import UNWATCHED, through
from models.loaded import Models


def regions_on(page: Page, models: Models) -> list[Region]:
    """What Gouji finds on a page with a picture."""
    return list(through(STAGES.page, page, models, Settings(), UNWATCHED))
