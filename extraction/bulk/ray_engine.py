"""The engine of many machines: Ray Data with one actor for each worker, over files that all machines can reach.

An actor keeps one worker process of the local engine, so that a document which crashes, hangs or takes too much memory
does not cost the actor. Ray Data hands out the documents, starts as many actors as find room (the rest is what an
autoscaling cluster grows by), and repeats what was under way on a lost machine: its reports are written again in the
same places. The process that starts the run keeps the journal.
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

_DOCUMENTS_A_BLOCK = 4  # handed to an actor together, and repeated when it is lost
_DOCUMENTS_A_WAVE = 1_000  # for each worker: Ray Data plans for everything that it is given at once

Row = dict[str, bytes]


def ray_engine(address: str | None) -> Callable[[Plan], Engine]:
    """A function that makes the engine, on the cluster at `address`, or on a new one of this machine for None.

    Raises UsageError where Ray is not installed.
    """
    try:
        import ray.data  # noqa: F401
    except ImportError as error:
        raise UsageError("--engine ray: {error}; pip install 'gouji[ray]'", error=error) from error
    return partial(RayEngine, address=address)


class RayEngine:
    """Actors of a Ray cluster, as many as the plan has workers; uses the cluster that the process is connected to."""

    def __init__(self, plan: Plan, address: str | None) -> None:
        import ray
        from ray.data import DataContext

        self._plan = replace(plan, threads=plan.threads or 1)
        self._ours = not ray.is_initialized()
        if self._ours:
            # Ray takes both from the environment of the process that starts it, and has no argument for either.
            os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # send no usage statistics
            os.environ.setdefault("RAY_worker_niceness", "0")  # Ray's workers would run at low priority
            given: dict[str, Any] = {} if address else {"include_dashboard": False}
            try:
                ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **given)
            except (ConnectionError, ValueError, RuntimeError) as error:
                raise UsageError("--address {address}: {error}", address=address, error=error) from error
        # The process that starts the run shows progress: Ray Data's own bars and log are turned off.
        context = DataContext.get_current()
        context.enable_progress_bars = context.print_on_execution_start = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """The outcome of every task. Raises OutputError where OUT takes no more files, GoujiError for the cluster."""
        import ray

        source = iter(tasks)
        while wave := list(islice(source, _DOCUMENTS_A_WAVE * self._plan.workers)):
            try:
                yield from self._converted(wave)
            except ray.exceptions.RayError as error:
                failed = "the Ray cluster failed: {error}; run the same command to go on where this one stopped"
                raise GoujiError(failed, error=error) from error

    def _converted(self, tasks: Sequence[Task]) -> Iterator[Outcome]:
        import ray.data

        given = [{"task": pickle.dumps(task)} for task in tasks]
        blocks = -(-len(given) // _DOCUMENTS_A_BLOCK)
        reader: Any = Reader  # Ray makes an instance in each actor
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
        """Disconnect, which ends a cluster that was started here."""
        import ray

        if self._ours:
            ray.shutdown()


class Reader:
    """An actor: converts one document at a time."""

    def __init__(self, plan: Plan) -> None:
        self._engine = LocalEngine(plan)

    def __call__(self, row: Row) -> Row:
        """The pickled outcome (or OutputError) of the pickled task in `row`."""
        answer: Outcome | OutputError
        try:
            (answer,) = self._engine.run([pickle.loads(row["task"])])
        except OutputError as error:
            answer = error
        return {"answer": pickle.dumps(answer)}
