"""The life of a worker process: its limits, its networks loaded once, then one task after another over a pipe.

To the worker go `Task`s; from it come READY, a PAGE whenever it starts on one, and for each task an `Outcome` or, where
OUT takes no more files, the `OutputError`. It ends with the process that started it, however that ends.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection

from extraction.bulk.plan import Plan, Task
from extraction.errors import OutputError

READY, PAGE = "ready", "page"
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of linux/prctl.h


def work(link: Connection, plan: Plan, parent: int) -> None:
    """Convert what comes over the link until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent ends its workers
    end_with(parent)
    _bound_memory(plan.settings.bulk.worker_megabytes)
    _bound_threads(plan.threads_each)

    from extraction.bulk.one import convert_one
    from extraction.output.places import store_faults
    from extraction.stage_timing import told_of_pages
    from models.loaded import Models
    from models.weights import pin

    pin(plan.weights)
    give_back = _giving_back()
    models = Models(plan.engine, plan.threads_each, layout=plan.settings.reading.layout)
    link.send(READY)
    with told_of_pages(lambda: link.send(PAGE)):
        while (task := _next(link)) is not None:
            try:
                with store_faults():
                    outcome = convert_one(task, plan, models)
                link.send(outcome)
            except OutputError as error:
                link.send(error)
            give_back()


def _next(link: Connection) -> Task | None:
    try:
        task: Task | None = link.recv()
    except (EOFError, OSError):
        return None
    return task


def _giving_back() -> Callable[[], object]:
    """What gives memory that is free back to the system, where the C library can: it would keep it for ever."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    return (lambda: trim(0)) if trim else (lambda: None)


def end_with(parent: int) -> None:
    """Ask the kernel to end this process with its parent, which may be killed while this is deep in a parser."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:  # it has died before we asked
            os._exit(1)


def _bound_memory(megabytes: int) -> None:
    """The kernel's own limit, for what grows faster than the parent looks; twice the limit that the parent keeps."""
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = 2 * megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_DATA, (limit if hard < 0 else min(limit, hard), hard))


def _bound_threads(threads: int) -> None:
    """Before the libraries are loaded that read these."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))
    import cv2

    cv2.setNumThreads(threads)
