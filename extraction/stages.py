"""The stages of the pipeline as values, and whoever watches them run."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from extraction.settings import Settings
from models.loaded import Models

T = TypeVar("T")


class Watcher:
    """Is told what a conversion is doing. This one does not care; subclasses take what they need."""

    def page_begun(self) -> None:
        """A page is about to be read from its file, or the last one has been."""

    def stage_ended(self, name: str, seconds: float) -> None:
        """A stage took so many seconds of this process's time, for one page or one document."""
        del name, seconds

    def pages(self, pages: Iterable[T]) -> Iterator[T]:
        """The pages of a document, reported one by one as they are made; that is the stage `ingest`."""
        iterator = iter(pages)
        while True:
            self.page_begun()
            start = time.process_time()
            try:
                page = next(iterator)
            except StopIteration:
                return
            finally:
                self.stage_ended("ingest", time.process_time() - start)
            yield page


UNWATCHED = Watcher()


class StageSeconds(Watcher):
    """Adds up the seconds of each stage."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def stage_ended(self, name: str, seconds: float) -> None:
        """Add them."""
        self.seconds[name] += seconds


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of reading: `run` leads from a frozen value, the models and the settings to the next value, or to a
    tuple of values where one becomes several, as a scan of two pages does.
    """

    name: str
    run: Callable[[Any, Models, Settings], Any]


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages by what they work on, in order; evaluation replaces some of them."""

    file: tuple[Stage, ...]
    """`Page` to `Page`: what of a page may be believed."""

    page: tuple[Stage, ...]
    """A `Page` with a picture to its `Region`s."""

    contents: tuple[Stage, ...]
    """`Contents` to `Contents`, of the whole document."""

    report: tuple[Stage, ...]
    """`Contents` to `Report`."""

    def names(self) -> tuple[str, ...]:
        """The names of all, in order."""
        return tuple(stage.name for stage in (*self.file, *self.page, *self.contents, *self.report))

    def replacing(self, *others: Stage) -> Stages:
        """With other stages in place of those of their names. Raises KeyError for a name that there is not."""
        by_name = {stage.name: stage for stage in others}
        if unknown := by_name.keys() - set(self.names()):
            raise KeyError(f"no stage is called {', '.join(sorted(unknown))}")
        parts = (self.file, self.page, self.contents, self.report)
        return Stages(*(tuple(by_name.get(stage.name, stage) for stage in part) for part in parts))


def through(
    stages: Iterable[Stage], value: Any, models: Models, settings: Settings, watcher: Watcher
) -> tuple[Any, ...]:
    """What a value has become after all the stages, each of which it enters once."""
    values: tuple[Any, ...] = (value,)
    for stage in stages:
        start = time.process_time()
        made = [stage.run(each, models, settings) for each in values]
        values = tuple(part for one in made for part in (one if isinstance(one, tuple) else (one,)))
        watcher.stage_ended(stage.name, time.process_time() - start)
    return values
