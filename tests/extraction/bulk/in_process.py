"""An engine that reads in the process of the test: for what a run writes and says, whoever reads for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extraction.bulk.one import convert_one
from extraction.bulk.plan import Outcome, Plan, Task
from models.loaded import Models


class InProcessEngine:
    """Reads one file after another with networks that are loaded already; a worker process takes seconds to start."""

    def __init__(self, plan: Plan, models: Models) -> None:
        self._plan, self._models = plan, models

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        for task in tasks:
            yield convert_one(task, self._plan, self._models)

    def close(self) -> None:
        """Nothing was started."""
