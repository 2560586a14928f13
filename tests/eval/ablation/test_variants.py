"""Stages and detectors are declared as they are: where they are called, with their parameters, and put back after."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from eval.ablation.variants import VARIANTS, Detector, Variant, neutralised
from extraction.pipeline import STAGES
from extraction.stages import Stage

DETECTORS = [v for v in VARIANTS if isinstance(v.change, Detector)]


def detector(variant: Variant) -> Detector:
    assert isinstance(variant.change, Detector)
    return variant.change


def test_names_are_told_apart_and_stages_are_the_pipelines() -> None:
    assert len({v.name for v in VARIANTS}) == len(VARIANTS)
    assert len({(d.module, d.function) for d in map(detector, DETECTORS)}) == len(DETECTORS)
    for variant in VARIANTS:
        assert set(variant.acts_in) <= set(STAGES.names())
        assert variant.left


@pytest.mark.parametrize("variant", DETECTORS, ids=lambda v: v.name)
def test_a_detector_is_called_where_it_is_declared(variant: Variant) -> None:
    module = import_module(detector(variant).module)
    tree = ast.parse(Path(inspect.getfile(module)).read_text(encoding="utf-8"))
    name = detector(variant).function
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert callable(getattr(module, name))
    assert name in called


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_what_stands_in_has_the_parameters_of_what_it_stands_for(variant: Variant) -> None:
    if isinstance(variant.change, Stage):
        stages = (*STAGES.file, *STAGES.page, *STAGES.contents, *STAGES.report)
        original, neutral = next(s.run for s in stages if s.name == variant.name), variant.change.run
    else:
        original = getattr(import_module(variant.change.module), variant.change.function)
        neutral = variant.change.neutral
    ours, theirs = (list(inspect.signature(f).parameters.values()) for f in (neutral, original))
    assert [(p.name, p.kind, p.default) for p in ours] == [(p.name, p.kind, p.default) for p in theirs]


def fails_without(variant: Variant) -> None:
    with neutralised(variant):
        module, name = import_module(detector(variant).module), detector(variant).function
        assert getattr(module, name) is detector(variant).neutral
        _ = 1 / 0


@pytest.mark.parametrize("variant", DETECTORS, ids=lambda v: v.name)
def test_a_detector_is_itself_again_after_a_run_that_fails(variant: Variant) -> None:
    module, name = import_module(detector(variant).module), detector(variant).function
    original = getattr(module, name)
    with pytest.raises(ZeroDivisionError):
        fails_without(variant)
    assert getattr(module, name) is original
