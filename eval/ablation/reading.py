"""A document as Gouji reads it, and as it does without one thing after another.

Stages are pure: where a stage that a variant leaves alone gets the value that it got in Gouji's own run, it gives what
it gave there. So a detector that finds nothing on a page costs no second reading of it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from eval.ablation.variants import VARIANTS, Variant, neutralised
from eval.runs.prediction import Prediction, dump_prediction
from extraction.errors import GoujiError
from extraction.pipeline import STAGES, extract
from extraction.settings import Settings
from extraction.stages import Stage, Stages
from models.files import write_text
from models.loaded import Models

WHOLE = "gouji"
"""The name of Gouji with everything."""


@dataclass(frozen=True, slots=True)
class Job:
    """A document, and the paths of what is to be kept of it by variant, `WHOLE` among them."""

    document: Path
    kept: Mapping[str, Path]

    @property
    def missing(self) -> list[str]:
        """The variants that have not read it yet."""
        return [name for name, path in self.kept.items() if not path.exists()]


def keep_readings(job: Job, force: bool) -> Prediction:
    """Read a document with the variants that have not yet, or with all of them, and keep each reading at once; return
    that of Gouji with everything."""
    left = set(job.kept) if force else set(job.missing)
    whole: Prediction | None = None
    for name, prediction in read_without(job.document, [v for v in VARIANTS if v.name in left]):
        whole = whole or prediction
        write_text(job.kept[name], dump_prediction(prediction))
    assert whole is not None
    return whole


class Memory:
    """What the stages gave in Gouji's own run over one document, by stage and value."""

    def __init__(self) -> None:
        self._known: defaultdict[str, list[tuple[Any, Any]]] = defaultdict(list)

    def recording(self, stages: Stages) -> Stages:
        """The stages, each of which remembers what it is given and gives."""
        return _each(stages, self._remembering)

    def recalling(self, stages: Stages, acting: Collection[str]) -> Stages:
        """The stages, those that are not `acting` recalling what they gave where they are given the same value."""
        return _each(stages, lambda stage: stage if stage.name in acting else self._recalled(stage))

    def _remembering(self, stage: Stage) -> Stage:
        def run(value: Any, models: Models, settings: Settings) -> Any:
            given = stage.run(value, models, settings)
            self._known[stage.name].append((value, given))
            return given

        return Stage(stage.name, run)

    def _recalled(self, stage: Stage) -> Stage:
        def run(value: Any, models: Models, settings: Settings) -> Any:
            for known, given in self._known[stage.name]:
                if same(known, value):
                    return given
            return stage.run(value, models, settings)

        return Stage(stage.name, run)


def read_without(path: Path, variants: Sequence[Variant], threads: int = 1) -> Iterator[tuple[str, Prediction]]:
    """The document as Gouji reads it, named `WHOLE`, then as each variant does, with its name. Seconds are those that
    the reading took here, with what it recalled."""
    memory, models = Memory(), _models(threads)
    yield WHOLE, _read(path, models, memory.recording(STAGES))
    for variant in variants:
        with neutralised(variant):
            prediction = _read(path, models, memory.recalling(variant.stages, variant.acts_in))
        yield variant.name, prediction


def same(one: Any, other: Any) -> bool:
    """Whether two values of stages are equal to the last pixel."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _each(stages: Stages, changed: Any) -> Stages:
    parts = (stages.file, stages.page, stages.contents, stages.report)
    return Stages(*(tuple(map(changed, part)) for part in parts))


def _read(path: Path, models: Models, stages: Stages) -> Prediction:
    start = time.perf_counter()
    report, fault = None, ""
    try:
        report = extract(path, models, Settings(), stages=stages)
    except GoujiError as error:
        fault = str(error)
    except Exception as error:  # a variant's fault in one document must not cost the others
        fault = " ".join(f"{type(error).__name__}: {error}".split())
    return Prediction(report, seconds=time.perf_counter() - start, error=fault)


@cache
def _models(threads: int) -> Models:
    return Models(threads=threads)
