"""One file's faults become its outcome, whoever is to blame."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction.bulk.one import convert_one, failure, read_one
from extraction.bulk.plan import Input, Plan, Task
from extraction.errors import Crash, Fault, MemoryLimit, Unwritable
from extraction.output.files import FAILED
from extraction.settings import Settings
from models.loaded import Models
from tests.documents import SAMPLES

SAMPLE = SAMPLES / "moling-2024" / "report.html"


class Broken(Models):
    """Networks that fail as a bug of ours would, or as a machine that is full."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    @property
    def recogniser(self):  # type: ignore[no-untyped-def]
        raise self._error


@pytest.mark.parametrize(("error", "kind"), [(ZeroDivisionError("a\nb"), Fault), (MemoryError(), MemoryLimit)])
def test_whatever_goes_wrong_is_an_error_of_the_file(error: Exception, kind: type[Exception], models: Models) -> None:
    with pytest.raises(kind, match=type(error).__name__) as caught:
        read_one(SAMPLES / "moling-2024" / "scan.pdf", Broken(error), Settings())
    assert "\n" not in str(caught.value)


def test_an_outcome_has_the_error_and_its_kind(tmp_path: Path) -> None:
    plan = Plan(tmp_path, Settings())
    outcome = failure(plan, Input(SAMPLE, "a.html"), Crash("the reader crashed on this file ({how})", how="SIGSEGV"))
    assert (outcome.line.outcome, outcome.line.kind) == (FAILED, "Crash")
    assert outcome.line.error == str(outcome.error) == "the reader crashed on this file (SIGSEGV)"
    assert outcome.line.sha256 is not None


def test_a_report_whose_name_is_too_long_fails_alone(tmp_path: Path, models: Models) -> None:
    outcome = convert_one(Task(Input(SAMPLE, "n" * 300)), Plan(tmp_path, Settings()), models)
    assert isinstance(outcome.error, Unwritable)
    assert outcome.line.pages is None
