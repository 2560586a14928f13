"""Learned wordings belong to the classifier in use, and are read with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import wordings
from models.loaded import Models
from models.weights import WeightsError, weights


class InFolder:
    """Weights whose file lies in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self) -> Path:
        return self.folder / "labeller.onnx"


def test_they_are_read_beside_the_classifier_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordings, "weights", lambda name: InFolder(tmp_path))
    assert Models().wordings == ()
    (tmp_path / wordings.FILE).write_text('{"row.a.b": ["准入审批", "准入"]}', encoding="utf-8")
    assert Models().wordings == (("row.a.b", ("准入审批", "准入")),)
    (tmp_path / wordings.FILE).write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="Expecting"):
        _ = Models().wordings


def test_without_a_classifier_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> InFolder:
        raise WeightsError(name)

    monkeypatch.setattr(wordings, "weights", missing)
    assert wordings.read_wordings() == ()


def test_the_shipped_classifier_has_learnt_none() -> None:
    assert not weights("labeller").path().with_name(wordings.FILE).exists()
    assert wordings.read_wordings() == ()
