"""The engine of many machines: Ray Data, with an actor of the cluster for each worker, over files that all can reach.

An actor keeps one warm worker process of the local engine, so that a document which crashes, hangs or takes too much
memory costs itself and not the actor. Ray Data hands out the documents, a few at a time, starts as many actors as find
room (those that find none are what a cluster that scales itself goes by), and does again what was under way on a
machine that is lost: the same reports are then written once more in the same places. The journal is kept by the process
that starts the run.
"""

from __future__ import annotations

import logging
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from extraction.bulk.plan import Outcome, Plan, Task
from extraction.bulk.pool import Engine, LocalEngine
from extraction.errors import GoujiError, OutputError, UsageError

_DOCUMENTS = 4  # that go to an actor together, and are done again when it is lost
_WAVE = 1_000  # documents for each worker that Ray Data is given together: it plans for all that it knows of

Row = dict[str, bytes]


def ray_engine(address: str | None) -> Callable[[Plan], Engine]:
    """What makes the engine, on the cluster at `address` or on one of this machine alone. Raises UsageError."""
    try:
        import ray.data  # noqa: F401
    except ImportError as error:
        raise UsageError(f"--engine ray: {error}; pip install 'gouji[ray]'") from error
    return partial(RayEngine, address=address)


class RayEngine:
    """Actors of a Ray cluster, as many as the plan has workers. A cluster that was connected to before is used."""

    def __init__(self, plan: Plan, address: str | None) -> None:
        import ray

        self._plan = replace(plan, threads=plan.threads or 1)
        self._ours = not ray.is_initialized()
        if self._ours:
            os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing is reported to anybody
            os.environ.setdefault("RAY_worker_niceness", "0")  # of a cluster started here: not behind all else
            given: dict[str, Any] = {} if address else {"include_dashboard": False}
            try:
                ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **given)
            except (ConnectionError, ValueError, RuntimeError) as error:
                raise UsageError(f"--address {address}: {error}") from error
        _quiet()

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Every task's outcome, a few at a time. Raises OutputError where OUT takes no more files."""
        import ray

        source = iter(tasks)
        while wave := list(islice(source, _WAVE * self._plan.workers)):
            try:
                yield from self._converted(wave)
            except ray.exceptions.RayError as error:
                raise GoujiError(f"on the cluster: {error}; the same command goes on where this one stopped") from error

    def _converted(self, tasks: Sequence[Task]) -> Iterator[Outcome]:
        import ray.data

        given = [{"task": pickle.dumps(task)} for task in tasks]
        blocks = -(-len(given) // _DOCUMENTS)
        reader: Any = Reader  # Ray makes one of it in each actor
        answers = ray.data.from_items(given, override_num_blocks=blocks).map(
            reader,
            fn_constructor_args=[replace(self._plan, workers=1)],
            num_cpus=self._plan.threads,
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=self._plan.workers),
        )
        for batch in answers.iter_batches(batch_size=None, prefetch_batches=0):
            for answer in map(pickle.loads, batch["answer"]):
                if isinstance(answer, OutputError):
                    raise answer
                yield answer

    def close(self) -> None:
        """Leave the cluster, or end the one of this machine."""
        import ray

        if self._ours:
            ray.shutdown()


def _quiet() -> None:
    """Progress is shown by the process that starts the run, as for every engine."""
    from ray.data import DataContext

    context = DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)


class Reader:
    """An actor: a document in, its outcome out, or what keeps OUT from taking any."""

    def __init__(self, plan: Plan) -> None:
        self._engine = LocalEngine(plan)

    def __call__(self, row: Row) -> Row:
        """The answer to one task, both pickled."""
        answer: Outcome | OutputError
        try:
            (answer,) = self._engine.run([pickle.loads(row["task"])])
        except OutputError as error:
            answer = error
        return {"answer": pickle.dumps(answer)}
