"""Trained weights into use, if their comparison says so; and back again."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

from extraction.errors import ModelError, UsageError
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
"""The folder of a run that has what would be used: the network beside its card."""


class Refused(UsageError):
    """The run may not be promoted; nothing was changed."""

    exit_code = 1


def trainable() -> dict[str, Weights]:
    """The shipped weights that there can be other versions of: our own."""
    return {known.name: known for known in committed("models")}


def weights_in_use(name: str) -> Weights:
    """The weights to compare with, their files verified; raises ModelError where one is missing or damaged."""
    try:
        found = weights(name)
        found.verified_path()
    except WeightsError as error:
        raise ModelError(str(error)) from error
    return found


def active(name: str, store: Path) -> Weights:
    """The version in use; raises UsageError for a name of none of ours, ModelError where its card is missing."""
    known = trainable()
    if name not in known:
        raise UsageError(f"there are no weights named {name} to be trained; there are {', '.join(known)}")
    try:
        return of_version(known[name], read_state(store, name).active, store)
    except WeightsError as error:
        raise ModelError(str(error)) from error


def promote(run: Path, *, force: str | None = None) -> tuple[str, int]:
    """Keep the weights of a run as a new version and bring it into use; its name and number.

    Raises Refused where the comparison is missing, is of other weights, or advises against it, unless `force` says why
    it is done all the same; UsageError where the run has no weights.
    """
    store = store_folder()
    name = _name(run)
    reason, against = _advice(run, active(name, store))
    if against and not force:
        raise Refused(f"{run} is not promoted: {against}; to do it all the same: --force 'REASON'")
    try:
        number = add_version(store, name, _with_comparison(run))
        switch(store, name, number, force or reason, forced=bool(against))
    except WeightsError as error:
        raise ModelError(str(error)) from error
    return name, number


def rollback(name: str, to: int | None = None) -> State:
    """Bring the version before the one in use back into use, or version `to`. Raises UsageError, ModelError."""
    store = store_folder()
    if name not in trainable():
        raise UsageError(f"there are no weights named {name} to be trained; there are {', '.join(trainable())}")
    try:
        state = read_state(store, name)
        target = before(state) if to is None else to
        if target is None:
            raise UsageError(f"{name}: the shipped version is in use; there is none before it")
        if target != SHIPPED and target not in versions(store, name):
            raise UsageError(f"{name}: there is no version {target}; gouji models lists those that are kept")
        return switch(store, name, target, "rolled back")
    except WeightsError as error:
        raise ModelError(str(error)) from error


def _name(run: Path) -> str:
    """Whose weights a run has; they are the ones that their card describes, and can be loaded."""
    found = [name for name in trainable() if (run / MODEL / f"{name}.onnx").is_file()]
    if len(found) != 1:
        raise UsageError(f"{run} has no trained weights ({MODEL}/<name>.onnx); gouji train makes them")
    try:
        path, card = network(found[0], run / MODEL)
    except WeightsError as error:
        raise UsageError(str(error)) from error
    if card.get("sha256") != sha256_of(path):
        raise UsageError(f"{path} is not the file that its model.toml describes; train it again")
    try:
        onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own errors share no base but this
        raise UsageError(f"{path} cannot be loaded: {error}") from error
    return found[0]


def _advice(run: Path, old: Weights) -> tuple[str, str]:
    """Why a run should be promoted, and why not ("" for no reason against it)."""
    try:
        comparison = read_comparison(run / FILE)
    except FileNotFoundError:
        return "", f"it was not compared with the weights in use (no {FILE}); call gouji train again to compare"
    except ValueError as error:
        return "", str(error)
    against = _of_others(comparison, run, old)
    if not against and not comparison.promote:
        against = "; ".join(comparison.reasons)
    return "; ".join(comparison.reasons), against


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
