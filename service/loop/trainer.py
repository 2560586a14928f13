"""Run trainings in one thread of one service, by commands of `gouji` in processes of their own.

Nothing is in memory only. A training that was interrupted, by a crash of the machine too, continues where it stopped:
all its steps write files and go on from those that exist.

    DATA/trainings/<id>/annotations/   the data set as of the start of the training
                        run/           the output of `gouji train labeller`: model/, comparison.json, comparison.html
                        changes.json   the reports that the new weights read differently
                        log.txt        the output of the commands
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.orm import Session

from models.gate.comparison import FILE, read_comparison
from service.context import Service
from service.loop import trainings
from service.loop.changes import write_changes
from service.loop.collection import latest, lay_out
from service.loop.rereading import Rereading, compare, reread_commands
from service.store.tables import Training, now

_LOG = logging.getLogger("gouji.trainer")
_POLL_SECONDS = 2.0  # another process may be asked for a training
_MAX_ERROR_CHARACTERS = 2000  # of the end of the log


class Stopped(Exception):
    """The service is stopping; the training continues at its next start."""


class Trainer:
    """A thread that runs trainings until `stop`; of several services on one data folder, one has it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stopping = threading.Event()
        self._lock = FileLock(_folder(service) / ".lock", blocking=False, thread_local=False)
        self._thread = threading.Thread(target=self._run, name="gouji-trainer", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start to look for trainings."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; a running command is killed."""
        self._stopping.set()
        if (process := self._process) is not None:
            process.kill()
        self._thread.join()
        self._lock.release(force=True)

    def _run(self) -> None:
        while not self._stopping.wait(_POLL_SECONDS):
            try:
                self._lock.acquire()
            except Timeout:
                continue
            try:
                self._take()
            except Stopped:
                return
            except Exception:  # the training stays in the store and is tried again
                _LOG.exception("the store cannot be read, so trainings cannot start; trying again")

    def _take(self) -> None:
        with self._service.store.reading() as session:
            training = trainings.under_way(session)
        if training is None:
            return
        try:
            self._train(training.id)
        except Stopped:
            raise
        except Exception as error:  # any failure is recorded with the training
            _LOG.exception("training %s failed", training.id)
            with self._service.store.writing() as session:
                trainings.fail(session, _found(session, training.id), _message(error))

    def _train(self, training_id: int) -> None:
        folder = training_folder(self._service, training_id)
        run = folder / "run"
        if not self._prepare(training_id, folder):
            return
        config = self._service.settings.training
        call = ["train", "labeller", str(run), "--annotations", str(folder / "annotations")]
        self._call(folder, [*call, *(["--config", config] if config else [])])
        reading = Rereading(self._service, folder, run)
        for arguments in reread_commands(reading):
            self._call(folder, arguments)
        write_changes(folder / "changes.json", compare(reading))
        comparison = read_comparison(run / FILE)
        with self._service.store.writing() as session:
            training = _found(session, training_id)
            training.state, training.finished = trainings.TRAINED, now()
            training.verdict = ("promote: " if comparison.promote else "refuse: ") + "; ".join(comparison.reasons)
            training.comparison = f"{training.run}/comparison.html"

    def _prepare(self, training_id: int, folder: Path) -> bool:
        """Write the data set of a waiting training; False for a training that another machine is running."""
        with self._service.store.reading() as session:
            waiting = _found(session, training_id).state == trainings.WAITING
            if waiting:  # files are copied before the store is locked for writing
                laid = folder.with_name(f".{folder.name}")
                shutil.rmtree(laid, ignore_errors=True)
                laid.mkdir(parents=True)
                held = [r.id for r in lay_out(self._service.files, latest(session), laid / "annotations")]
        if waiting:
            self._begin(training_id, laid, folder, held)
        return folder.is_dir()

    def _begin(self, training_id: int, laid: Path, folder: Path, held: Sequence[int]) -> None:
        """Start a training with the data set in `laid`, unless another machine has started it meanwhile."""
        with self._service.store.writing() as session:
            training = _found(session, training_id)
            if training.state == trainings.WAITING:
                trainings.record_reviews(session, training, held)
                training.state, training.run = trainings.RUNNING, f"trainings/{training_id}/run"
                shutil.rmtree(folder, ignore_errors=True)  # of an interrupted start
                laid.rename(folder)
        shutil.rmtree(laid, ignore_errors=True)

    def _call(self, folder: Path, arguments: list[str]) -> None:
        """Run a command of `gouji`. Raises Stopped, or CalledProcessError with the end of its log."""
        module = "service.loop.command_process"
        with (folder / "log.txt").open("ab") as log:
            log.write(f"$ gouji {' '.join(arguments)}\n".encode())
            log.flush()
            process = subprocess.Popen(
                [sys.executable, "-m", module, str(os.getpid()), *arguments], stdout=log, stderr=log
            )
        self._process = process
        if self._stopping.is_set():
            process.kill()
        code = process.wait()
        self._process = None
        if self._stopping.is_set():
            raise Stopped
        if code:
            said = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")[-_MAX_ERROR_CHARACTERS:]
            raise subprocess.CalledProcessError(code, "gouji", said)


def training_folder(service: Service, training_id: int) -> Path:
    """The folder of a training."""
    return _folder(service) / str(training_id)


def _found(session: Session, training_id: int) -> Training:
    training = session.get(Training, training_id, with_for_update=True)
    assert training is not None, "no training is ever deleted"
    return training


def _folder(service: Service) -> Path:
    folder = service.settings.data_folder.resolve() / "trainings"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _message(error: Exception) -> str:
    return str(error.output).strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
