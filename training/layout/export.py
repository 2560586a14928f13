# mypy: disable-error-code="no-untyped-call"
"""A trained network -> `layout.onnx` and `model.toml`, the files of `models.page_network`."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime
import torch

from models.page_network import PageNetwork
from models.versions import sha256_of
from training.layout.config import Config
from training.layout.evaluate import detections_in, names_of
from training.layout.network import CLASSES, STEP, LayoutNet, Served
from training.layout.pages import SmallPage
from training.layout.score import intersection_over_union

_MAX_PROBABILITY_DIFFERENCE = 2e-3
_INSET_PAGES = 80  # measured for the insets
_MIN_IOU = 0.4  # of two boxes, to be the same zone


def export(net: LayoutNet, config: Config, folder: Path, command: str, pages: Sequence[SmallPage]) -> None:
    """Write the network and its card. Raises AssertionError where ONNX Runtime and torch differ.

    The shrinking of boxes is measured on some of the `pages` that it was trained on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    served = Served(net).eval()
    side = config.input.side
    page = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (side, 448, 3), np.uint8))
    path = folder / "layout.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # of the tracing exporter: the other one needs more packages
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
        assert np.abs(wanted - given).max() < _MAX_PROBABILITY_DIFFERENCE, "ONNX Runtime and torch differ"
    card = folder / "model.toml"
    card.write_text(_card(path, config, command, len(pages), {}), encoding="utf-8")
    lacking = insets(PageNetwork(threads=1, folder=folder), pages[:: -(-len(pages) // _INSET_PAGES) or 1])
    card.write_text(_card(path, config, command, len(pages), lacking), encoding="utf-8")


def insets(model: PageNetwork, pages: Sequence[SmallPage]) -> dict[str, float]:
    """Return by how many pixels of the maps the sides of a kind's boxes lie inside those of the gold: the median."""
    found: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        scale = page.scale * model.side / 2 / max(page.picture.shape)
        for one in detections_in(model.detect(page.picture), page.scale):
            for zone in page.zones:
                if zone.kind.value in names_of(one.kind) and intersection_over_union(one.box, zone.box) > _MIN_IOU:
                    box, gold = one.box, zone.box
                    sides = (box.left - gold.left, box.top - gold.top, gold.right - box.right, gold.bottom - box.bottom)
                    found[zone.kind.value] += [side * scale for side in sides]
    return {kind: round(median(sides), 2) for kind, sides in sorted(found.items())}


def _card(path: Path, config: Config, command: str, pages: int, grown: Mapping[str, float]) -> str:
    """Return the model's card, to which scores are added after measuring."""
    classes = ", ".join(f'"{name}"' for name in (*CLASSES, "stamp"))
    return f"""\
purpose = "finds title, headings, text, tables, page furniture and stamps on a report's page (U-net, ONNX)"
sha256 = "{sha256_of(path)}"
command = "{command}"
pages = {pages} # of the train split
steps = {config.training.steps} # of {config.training.batch} pages
classes = [{classes}] # the maps' order; stamps lie over others

[input] # a page in BGR bytes, height x width x 3
side = {config.input.side} # pixels of its longer side
step = {STEP} # both sides are multiples of it

[grown] # by how many pixels of the maps boxes are made larger on each side: what they lacked on train pages
{"".join(f"{kind} = {pixels}{chr(10)}" for kind, pixels in grown.items())}"""
