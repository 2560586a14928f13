from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models.weights import SHIPPED, Weights, WeightsError, weights


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package `shipped_here` with one file of weights."""
    folder = tmp_path / "shipped_here"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "net.onnx").write_bytes(b"weights")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


NET = Weights("net", "for this test", "shipped_here", "net.onnx", hashlib.sha256(b"weights").hexdigest())


def test_the_file_with_the_recorded_hash(package: Path) -> None:
    assert NET.verified_path() == package / "net.onnx"


@pytest.mark.usefixtures("package")
def test_another_hash() -> None:
    with pytest.raises(WeightsError, match=r"net: shipped_here/net\.onnx is another version"):
        replace(NET, sha256="0" * 64).verified_path()


def test_a_changed_file(package: Path) -> None:
    (package / "net.onnx").write_bytes(b"weightz")
    with pytest.raises(WeightsError, match=r"shipped_here/net\.onnx is another version"):
        NET.verified_path()


def test_a_missing_file(package: Path) -> None:
    (package / "net.onnx").unlink()
    with pytest.raises(WeightsError, match=r"net: shipped_here/net\.onnx is missing"):
        NET.verified_path()


def test_a_missing_package(package: Path) -> None:
    shutil.rmtree(package)
    with pytest.raises(WeightsError, match=r"net: shipped_here/net\.onnx is missing"):
        NET.path()


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(WeightsError, match="no weights named nothing; there are ppocrv6-small-det, "):
        weights("nothing")


def test_names_are_unique() -> None:
    assert len({w.name for w in SHIPPED}) == len(SHIPPED)


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda w: w.name)
def test_shipped(shipped: Weights) -> None:
    assert weights(shipped.name) is shipped
    assert shipped.verified_path().stat().st_size > 1_000_000
