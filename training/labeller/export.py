"""A trained classifier -> `labeller.onnx`, `vocab.txt` and `model.toml`, the files of `models.labeller`.

`checkpoint/` beside them has the network for `transformers`, in half precision, from which retraining continues.
"""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from transformers import PreTrainedModel

from extraction.forms.label_tags import tags
from models.label_tokens import Vocabulary
from models.labeller import NAME
from models.versions import sha256_of
from training.labeller.data.tagged import IGNORED, Example
from training.labeller.network import VOCABULARY, takes_places

_TEMPERATURES = tuple(round(0.3 * 1.05**k, 3) for k in range(50))
CHECKPOINT = "checkpoint"
_MAX_INT8_LOSS = 0.001  # share of characters right that int8 may lose against float32


class _Served(nn.Module):
    """Tokens, and boxes where the network takes them, to logits; without padding, so without a mask."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        model.set_attn_implementation("eager")  # the tracing exporter knows no other
        self.model = model

    def forward(self, input_ids: Tensor, bbox: Tensor | None = None) -> Tensor:
        """1 x n, 1 x n x 4 -> 1 x n x classes."""
        mask = torch.ones_like(input_ids)
        given = {"input_ids": input_ids, "attention_mask": mask}
        logits: Tensor = self.model(**given, **({} if bbox is None else {"bbox": bbox})).logits
        return logits


def export(
    model: PreTrainedModel,
    vocabulary: Vocabulary,
    longest: int,
    dev: Sequence[Example],
    folder: Path,
    card: Mapping[str, Any],
) -> None:
    """Write the network, its vocabulary and its card, which includes `card`.

    Weights are int8 unless that loses too much accuracy on the windows of `dev`; the temperature is fitted there too
    (Guo et al. 2017, arXiv:1706.04599).
    """
    folder.mkdir(parents=True, exist_ok=True)
    full, path = folder / "full.onnx", folder / f"{NAME}.onnx"
    _written(model, dev[0], full)
    quantize_dynamic(full, path, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gather"])
    classes = np.concatenate([[c for c in e.classes if c != IGNORED] for e in dev])
    whole, given = _logits(full, dev), _logits(path, dev)
    if _right(given, classes) < _right(whole, classes) - _MAX_INT8_LOSS:
        full.replace(path)
        given = whole
    full.unlink(missing_ok=True)
    vocabulary.write(folder / VOCABULARY)
    copy.deepcopy(model).half().save_pretrained(folder / CHECKPOINT)  # type: ignore[no-untyped-call]
    (folder / CHECKPOINT / "model.safetensors").chmod(0o644)  # it is written for its owner alone
    sha256 = sha256_of(path)
    head = {
        "purpose": "says what rows, columns, headings and figures in sentences are (LayoutLM of characters, ONNX)",
        "sha256": sha256,
        "licence": "Apache-2.0",
        "longest": longest,
        "temperature": _temperature(given, classes),
        "tags": list(tags()),
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in {**head, **card}.items()]
    (folder / "model.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _written(model: PreTrainedModel, example: Example, path: Path) -> None:
    served = _Served(model).eval()
    ids = torch.tensor([example.window.ids])
    places = torch.tensor([example.window.boxes]) if takes_places(model) else None
    names = ["input_ids"] + ([] if places is None else ["bbox"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tracing exporter: the other one needs more packages
        torch.onnx.export(
            served,
            (ids,) if places is None else (ids, places),
            str(path),
            input_names=names,
            output_names=["logits"],
            dynamic_axes={name: {1: "tokens"} for name in (*names, "logits")},
            opset_version=17,
            dynamo=False,
        )


def _logits(path: Path, dev: Sequence[Example]) -> Any:
    """Return the logits of every character of the windows: n x classes."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    places = "bbox" in {i.name for i in session.get_inputs()}
    found = []
    for example in dev:
        inputs = {"input_ids": np.array([example.window.ids], np.int64)}
        if places:
            inputs["bbox"] = np.array([example.window.boxes], np.int64)
        (logits,) = session.run(None, inputs)
        found.append(logits[0][np.array(example.classes) != IGNORED])
    return np.concatenate(found)


def _right(logits: Any, classes: Any) -> float:
    return float((np.argmax(logits, axis=1) == classes).mean())


def _temperature(logits: Any, classes: Any) -> float:
    """Return the temperature that maximises the likelihood of the true classes."""

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        highest = scaled.max(axis=1)
        total = np.log(np.exp(scaled - highest[:, None]).sum(axis=1)) + highest
        return float((total - scaled[np.arange(len(classes)), classes]).mean())

    return min(_TEMPERATURES, key=loss)
