# mypy: disable-error-code="no-untyped-call"
"""A trained network -> `layout.onnx` and `model.toml`, as `models.page_layout` loads them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from training.layout.augment import SHRUNK_SHARE
from training.layout.config import Config
from training.layout.network import CLASSES, STEP, LayoutNet, Served

GROWN = 1.5
"""Pixels that are given back to a box on each side: `augment.SHRUNK`, less what drawing and threshold add."""

_TOLERANCE = 2e-3


def export(net: LayoutNet, config: Config, folder: Path, command: str, pages: int) -> None:
    """Write the network; raises AssertionError where ONNX Runtime gives something else than torch."""
    folder.mkdir(parents=True, exist_ok=True)
    served = Served(net).eval()
    side = config.input.side
    page = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (side, 448, 3), np.uint8))
    path = folder / "layout.onnx"
    torch.onnx.export(
        served,
        (page,),
        str(path),
        input_names=["page"],
        output_names=["maps"],
        dynamic_axes={"page": {0: "height", 1: "width"}, "maps": {1: "half_height", 2: "half_width"}},
        opset_version=17,
        dynamo=False,
    )
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    across = page.permute(1, 0, 2).contiguous()
    for picture in (page, across):
        with torch.no_grad():
            wanted = served(picture).numpy()
        (given,) = session.run(None, {"page": picture.numpy()})
        assert np.abs(wanted - given).max() < _TOLERANCE, "ONNX Runtime and torch differ"
    (folder / "model.toml").write_text(_card(path, config, command, pages), encoding="utf-8")


def _card(path: Path, config: Config, command: str, pages: int) -> str:
    """The model's card; scores are added by whoever has measured them."""
    classes = ", ".join(f'"{name}"' for name in (*CLASSES, "stamp"))
    return f"""\
purpose = "finds title, headings, text, tables, page furniture and stamps on a report's page (U-net, ONNX)"
sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"
command = "{command}"
pages = {pages} # of the train split
steps = {config.training.steps} # of {config.training.batch} pages
classes = [{classes}] # the maps, in their order; the last lies over the others

[input] # a page in BGR bytes, height x width x 3
side = {config.input.side} # pixels of its longer side
step = {STEP} # both sides are multiples of it

[boxes] # what is given back to a box on each side, because the maps are of zones made smaller
grown = {GROWN} # pixels of the input
share = {SHRUNK_SHARE} # of a thin zone's height at most
"""
