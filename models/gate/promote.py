"""Bring trained weights into use if their comparison advises it, and roll back to an earlier version.

Everything here raises `models.versions.WeightsError` where weights are missing, damaged or unknown.
"""

from __future__ import annotations

from pathlib import Path

import onnxruntime

from models.gate.comparison import FILE, Comparison, read_comparison
from models.versions import (
    SHIPPED,
    State,
    add_version,
    before,
    read_state,
    sha256_of,
    store_folder,
    switch,
    versions,
)
from models.weights import Weights, WeightsError, committed, network, of_version, weights

MODEL = "model"
"""The folder of a training run that holds the network and its card, `model.toml`."""


class Refused(WeightsError):
    """The run may not be promoted; nothing was changed."""

    exit_code = 1


def weights_in_use(name: str) -> Weights:
    """The weights in use under a name, their file compared with its recorded hash."""
    found = weights(name)
    found.verified_path()
    return found


def promote(run: Path, *, force: str | None = None) -> tuple[str, int]:
    """Keep a run's weights as a new version and bring it into use.

    Args:
        run: folder of `gouji train`, with `model/` and `comparison.json`.
        force: why the run is promoted although its comparison advises against it; recorded with the switch.

    Returns:
        The name of the weights and the number of the new version.

    Raises:
        Refused: without `force`, where the comparison is missing, is of other weights, or advises against promotion.
        WeightsError: the run has no weights that can be loaded.
    """
    store = store_folder()
    name = _name_of_weights(run)
    advice, objection = _advice(run, of_version(_trainable(name), read_state(store, name).active, store))
    if objection and not force:
        raise Refused(f"{run} is not promoted: {objection}; to promote it all the same: --force 'REASON'")
    number = add_version(store, name, _with_comparison(run))
    switch(store, name, number, force or advice, forced=bool(objection))
    return name, number


def rollback(name: str, to: int | None = None) -> State:
    """Bring the version before the one in use back into use, or version `to`; the state after the switch."""
    store = store_folder()
    _trainable(name)
    state = read_state(store, name)
    target = before(state) if to is None else to
    if target is None:
        raise WeightsError(f"{name}: the shipped version is in use; there is none before it")
    if target != SHIPPED and target not in versions(store, name):
        raise WeightsError(f"{name}: there is no version {target}; gouji models lists those that are kept")
    return switch(store, name, target, "rolled back")


def _trainable(name: str) -> Weights:
    """The shipped weights of a name of which other versions can be trained: those of our own networks."""
    known = {own.name: own for own in committed("models")}
    if name not in known:
        raise WeightsError(f"no weights named {name} can be trained; those that can are {', '.join(known)}")
    return known[name]


def _name_of_weights(run: Path) -> str:
    """The name of a run's weights, which match their card and can be loaded."""
    found = [own.name for own in committed("models") if (run / MODEL / f"{own.name}.onnx").is_file()]
    if len(found) != 1:
        raise WeightsError(f"{run} has no trained weights ({MODEL}/<name>.onnx); gouji train makes them")
    path, card = network(found[0], run / MODEL)
    if card.get("sha256") != sha256_of(path):
        raise WeightsError(f"{path} is not the file that its model.toml describes; train it again")
    try:
        onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own errors share no base but this
        raise WeightsError(f"{path} cannot be loaded: {error}") from error
    return found[0]


def _advice(run: Path, old: Weights) -> tuple[str, str]:
    """The comparison's reasons, and what objects to a promotion ("" for nothing)."""
    try:
        comparison = read_comparison(run / FILE)
    except FileNotFoundError:
        return "", f"it was not compared with the weights in use (no {FILE}); call gouji train again to compare"
    except ValueError as error:
        return "", str(error)
    objection = _of_others(comparison, run, old)
    if not objection and not comparison.promote:
        objection = "; ".join(comparison.reasons)
    return "; ".join(comparison.reasons), objection


def _of_others(comparison: Comparison, run: Path, old: Weights) -> str:
    if comparison.weights != old.name or comparison.new != sha256_of(run / MODEL / f"{old.name}.onnx"):
        return f"{FILE} is of other weights than those in {run / MODEL}"
    if comparison.old != old.sha256:
        return f"it was compared with version {comparison.old_version}, and version {old.version} is in use since"
    return ""


def _with_comparison(run: Path) -> Path:
    """The folder to keep, with the comparison in it where there is one."""
    for file in (FILE, "comparison.html"):
        if (run / file).is_file():
            (run / MODEL / file).write_bytes((run / file).read_bytes())
    return run / MODEL
