"""The engine of many machines: an actor of a Ray cluster for each worker, over files that every machine can reach.

An actor keeps one warm worker process of the local engine, so that a document which crashes, hangs or takes too much
memory costs itself and not the actor. Documents go to an actor a few at a time, when it is free. What was under
way on a machine that is lost is done again on another; the same reports are then written once more in the same places.
Actors that find no room yet wait for it, which is what a cluster that scales itself goes by. The journal is kept by the
process that starts the run.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from extraction.bulk.plan import Outcome, Plan, Task
from extraction.bulk.pool import Engine, LocalEngine
from extraction.errors import GoujiError, OutputError, UsageError

_DOCUMENTS = 4  # that go to an actor together, and are done again when it is lost
_TRIES = 5  # of the same documents on actors that are lost
_LOOK = 5.0  # seconds to wait for news before looking again

Block = tuple[Task, ...]


def ray_engine(address: str | None) -> Callable[[Plan], Engine]:
    """What makes the engine, on the cluster at `address` or on one of this machine alone. Raises UsageError."""
    try:
        import ray  # noqa: F401
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
        self._actors: list[Any] = []

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Every task's outcome, a few at a time. Raises OutputError where OUT takes no more files."""
        import ray

        source, again = iter(tasks), deque[Block]()
        starting: dict[Any, Any] = {}  # call -> actor that will be ready when it is answered
        running: dict[Any, tuple[Any, Block]] = {}
        tries: dict[Block, int] = {}
        block = next_block(source, again)
        while block or running:
            while block and len(self._actors) < self._plan.workers:
                starting.update([self._start()])
            ready, _ = ray.wait([*starting, *running], num_returns=1, timeout=_LOOK)
            for call in ready:
                actor, done = running.pop(call, (starting.pop(call, None), ()))
                try:
                    outcomes = ray.get(call)
                except ray.exceptions.RayError as error:
                    self._actors.remove(actor)
                    tries[done] = tries.get(done, 0) + 1
                    if tries[done] >= _TRIES:
                        raise GoujiError(f"workers of the cluster are lost again and again: {error}") from error
                    if done:
                        again.append(done)
                        block = block or next_block(source, again)
                    continue
                if isinstance(outcomes, OutputError):
                    raise outcomes
                if block:
                    running[actor.convert.remote(block)] = actor, block
                    block = next_block(source, again)
                else:
                    self._end(actor)
                yield from outcomes

    def close(self) -> None:
        """End the actors; leave the cluster, or end the one of this machine."""
        import ray

        for actor in list(self._actors):
            self._end(actor)
        if self._ours:
            ray.shutdown()

    def _start(self) -> tuple[Any, Any]:
        """A new actor, and the call that is answered when it has found room on some machine."""
        import ray

        kind: Any = ray.remote(num_cpus=self._plan.threads)(Reader)
        actor = kind.remote(replace(self._plan, workers=1))
        self._actors.append(actor)
        return actor.convert.remote(()), actor

    def _end(self, actor: Any) -> None:
        import ray

        ray.kill(actor)
        self._actors.remove(actor)


class Reader:
    """An actor: some documents in, their outcomes out."""

    def __init__(self, plan: Plan) -> None:
        self._engine = LocalEngine(plan)

    def convert(self, block: Block) -> list[Outcome] | OutputError:
        """The outcome of each task, or what keeps OUT from taking any."""
        try:
            return list(self._engine.run(block))
        except OutputError as error:
            return error


def next_block(source: Iterator[Task], again: deque[Block]) -> Block:
    """What to do next, () for nothing: first what was lost, then what is new."""
    return again.popleft() if again else tuple(islice(source, _DOCUMENTS))
