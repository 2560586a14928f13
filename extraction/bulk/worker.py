"""A worker process: sets its limits, loads the models once, then converts one task after another from a pipe.

It receives `Task`s and sends READY, PAGE at the start of each page, and for each task its `Outcome` or, where OUT takes
no more files, the `OutputError`. It ends with the process that started it, however that ends.
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
    """Convert the tasks that come over the link until it is closed; `parent` is the process id of the pool."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches every process of the group, and the parent ends its workers
    end_with(parent)
    _bound_memory(plan.settings.bulk.worker_megabytes)
    _bound_threads(plan.threads_each)

    from extraction.bulk.one import convert_one
    from extraction.output.places import store_faults
    from extraction.stages import Watcher
    from models.loaded import Models
    from models.weights import pin

    pin(plan.weights)
    trim_memory = _memory_trimmer()
    models = Models(plan.engine, plan.threads_each, layout=plan.settings.reading.layout)

    class TellPool(Watcher):
        def page_begun(self) -> None:
            link.send(PAGE)

    link.send(READY)
    while True:
        try:
            task: Task = link.recv()
        except (EOFError, OSError):
            return
        try:
            with store_faults():
                outcome = convert_one(task, plan, models, TellPool())
            link.send(outcome)
        except OutputError as error:
            link.send(error)
        trim_memory()


def _memory_trimmer() -> Callable[[], object]:
    """A function that returns freed memory to the system, which glibc would keep; elsewhere it does nothing."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    return (lambda: trim(0)) if trim else (lambda: None)


def end_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies, even while it is in native code (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:  # the parent died before the call
            os._exit(1)


def _bound_memory(megabytes: int) -> None:
    """Limit the data segment to twice the pool's limit, for what grows faster than the pool polls (Linux only)."""
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = 2 * megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_DATA, (limit if hard < 0 else min(limit, hard), hard))


def _bound_threads(threads: int) -> None:
    """Limit the threads of numeric libraries.

    Environment variables are the only way to tell OpenBLAS, MKL and OpenMP, which read them when they are loaded: this
    runs before they are.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))
    import cv2

    cv2.setNumThreads(threads)
