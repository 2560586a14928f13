"""What runs a training: one thread of one service, over commands of `gouji` in processes of their own.

Nothing is only in memory. A training that was broken off, the machine with it, is taken up again where it stopped: all
its steps leave files, and go on from those that are there.

    DATA/trainings/<id>/annotations/   the data set, as it was when the training began
                        run/           what `gouji train labeller` makes: model/, comparison.json, comparison.html
                        changes.json   the reports that would be read otherwise
                        log.txt        what the commands said
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
from service.loop.scratch import Reading, compared, read_again
from service.store.tables import Training, now

_LOG = logging.getLogger("gouji.trainer")
_LOOK = 2.0  # seconds between looks for a training that another process was asked for
_TOLD = 2000  # characters of a log's end that are kept as the error


class Stopped(Exception):
    """The service ends; the training goes on when it is started again."""


class Trainer:
    """A thread that takes trainings until `stop`. Of several services on one data folder one has it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stopping = threading.Event()
        self._lock = FileLock(_folder(service) / ".lock", blocking=False, thread_local=False)
        self._thread = threading.Thread(target=self._run, name="gouji-trainer", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to look for trainings."""
        self._thread.start()

    def stop(self) -> None:
        """End; what runs is broken off."""
        self._stopping.set()
        if (process := self._process) is not None:
            process.kill()
        self._thread.join()
        self._lock.release(force=True)

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK):
            try:
                self._lock.acquire()
            except Timeout:
                continue
            try:
                self._take()
            except Stopped:
                return
            except Exception:  # the store cannot be reached: the training is still there, and is tried again
                _LOG.exception("no training can be looked for")

    def _take(self) -> None:
        with self._service.store.reading() as session:
            training = trainings.under_way(session)
        if training is None:
            return
        try:
            self._train(training.id)
        except Stopped:
            raise
        except Exception as error:  # whatever keeps a training from its end is told with it
            _LOG.exception("training %s failed", training.id)
            with self._service.store.writing() as session:
                trainings.fail(session, _found(session, training.id), _told(error))

    def _train(self, training_id: int) -> None:
        folder = training_folder(self._service, training_id)
        run = folder / "run"
        if not self._is_ours(training_id, folder):
            return
        config = self._service.settings.training
        call = ["train", "labeller", str(run), "--annotations", str(folder / "annotations")]
        self._call(folder, [*call, *(["--config", config] if config else [])])
        reading = Reading(self._service, folder, run)
        for arguments in read_again(reading):
            self._call(folder, arguments)
        write_changes(folder / "changes.json", compared(reading))
        comparison = read_comparison(run / FILE)
        with self._service.store.writing() as session:
            training = _found(session, training_id)
            training.state, training.finished = trainings.TRAINED, now()
            training.verdict = ("promote: " if comparison.promote else "refuse: ") + "; ".join(comparison.reasons)
            training.comparison = f"{training.run}/comparison.html"

    def _is_ours(self, training_id: int, folder: Path) -> bool:
        """Lay out what is learnt from, once; False for a training that another machine is at."""
        with self._service.store.reading() as session:
            waiting = _found(session, training_id).state == trainings.WAITING
            if waiting:  # copied before anything is written: nobody else waits for the store meanwhile
                laid = folder.with_name(f".{folder.name}")
                shutil.rmtree(laid, ignore_errors=True)
                laid.mkdir(parents=True)
                held = [r.id for r in lay_out(self._service.files, latest(session), laid / "annotations")]
        if waiting:
            self._begin(training_id, laid, folder, held)
        return folder.is_dir()

    def _begin(self, training_id: int, laid: Path, folder: Path, held: Sequence[int]) -> None:
        """Take a training up with the data set that was laid out for it, unless another machine has meanwhile."""
        with self._service.store.writing() as session:
            training = _found(session, training_id)
            if training.state == trainings.WAITING:
                trainings.learnt_from(session, training, held)
                training.state, training.run = trainings.RUNNING, f"trainings/{training_id}/run"
                shutil.rmtree(folder, ignore_errors=True)  # of a start that was broken off
                laid.rename(folder)
        shutil.rmtree(laid, ignore_errors=True)

    def _call(self, folder: Path, arguments: list[str]) -> None:
        """Run a command of gouji. Raises CalledProcessError with the end of its log, Stopped."""
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
            said = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")[-_TOLD:]
            raise subprocess.CalledProcessError(code, "gouji", said)


def training_folder(service: Service, training_id: int) -> Path:
    """Where a training keeps everything."""
    return _folder(service) / str(training_id)


def _found(session: Session, training_id: int) -> Training:
    training = session.get(Training, training_id, with_for_update=True)
    assert training is not None, "no training is ever deleted"
    return training


def _folder(service: Service) -> Path:
    folder = service.settings.data_folder.resolve() / "trainings"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _told(error: Exception) -> str:
    return str(error.output).strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
