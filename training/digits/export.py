"""Trained weights -> shipped files: ONNX, temperature, `model.toml`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn

from models.cells.charset import CHARSET, classes_of
from models.cells.crop import HEIGHT, WIDTHS
from models.cells.ctc import tempered, text_probability
from models.cells.reader import CellReader
from models.versions import sha256_of
from training.digits.config import Config
from training.digits.evaluate import DevCell, by_level, logits
from training.digits.network import DigitNetwork
from training.digits.quantise import quantise

NAME = "digits"
_TEMPERATURES = np.exp(np.linspace(np.log(0.6), np.log(3.0), 17))
_TEMPERATURE_STEP = 4  # one of so many dev cells fits it


def load_network(path: Path, config: Config) -> DigitNetwork:
    """Return the trained network in evaluation mode."""
    network = DigitNetwork(len(CHARSET) + 1, config.channels)
    network.load_state_dict(torch.load(path, weights_only=True))
    return network.eval()


def write_onnx(network: nn.Module, path: Path) -> None:
    """Write the network as ONNX. Raises RuntimeError where ONNX Runtime and PyTorch differ."""
    path.parent.mkdir(parents=True, exist_ok=True)
    example = torch.zeros(2, 1, HEIGHT, 64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tracing exporter: the other one needs more packages
        torch.onnx.export(
            network,
            (example,),
            path,
            input_names=["pictures"],
            output_names=["scores"],
            dynamic_axes={"pictures": {0: "n", 3: "width"}, "scores": {0: "n", 1: "steps"}},
            dynamo=False,
        )
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for width in WIDTHS[:4]:
        given = np.random.default_rng(width).random((3, 1, HEIGHT, width), np.float32)
        with torch.inference_mode():
            wanted = network(torch.from_numpy(given)).numpy()
        if np.abs(session.run(None, {"pictures": given})[0] - wanted).max() > 1e-3:
            raise RuntimeError("the exported network does not say what the trained one says")


def fitted_temperature(network: nn.Module, cells: Sequence[DevCell]) -> float:
    """Return the temperature that minimises the mean negative log probability of the printed texts on dev."""
    some = cells[::_TEMPERATURE_STEP]
    known = list(zip(logits(network, some), map(classes_of, (c.text for c in some)), strict=True))

    def cost(temperature: float) -> float:
        likely = [max(1e-13, text_probability(tempered(s, temperature), classes)) for s, classes in known]
        return float(-np.log(likely).mean())

    return float(min(_TEMPERATURES, key=cost))


def ship(
    trained: Path, config: Config, seen: Sequence[DevCell], dev: Sequence[DevCell], folder: Path, command: str
) -> list[str]:
    """Write network and card to `folder`; return the scores on dev, a line a level.

    `seen` are cells of the training split that calibrate the quantisation; without any the network stays in float32.
    """
    network = load_network(trained, config)
    write_onnx(network, folder / f"{NAME}.onnx")
    if seen:
        quantise(folder / f"{NAME}.onnx", [c.picture for c in seen])
    temperature = fitted_temperature(network, dev)
    write_card(folder, temperature, {}, command)
    readings = CellReader(folder=folder).read([c.picture for c in dev])
    scores = {name: str(score) for name, score in by_level(readings, dev).items()}
    write_card(folder, temperature, scores, command)
    return [f"{name:10} {score}" for name, score in scores.items()]


def write_card(folder: Path, temperature: float, scores: dict[str, str], command: str) -> None:
    """Write `model.toml` beside the network: purpose, origin, scores."""
    sha256 = sha256_of(folder / f"{NAME}.onnx")
    lines = [
        'purpose = "reads the figures in table cells (CTC, ONNX)"',
        f'sha256 = "{sha256}"',
        'licence = "Apache-2.0"',
        f'charset = "{CHARSET}"  # class k is character k - 1; class 0 is nothing',
        f'input = "n x 1 x {HEIGHT} x w, 0 paper, 1 ink (models/cells/crop.py)"',
        f"temperature = {temperature:.3f}",
        f'command = "{command}"',
        "",
        "[scores]  # on cells of the dev split, cut at gold boxes",
        *(f'"{name}" = "{value}"' for name, value in scores.items()),
    ]
    (folder / "model.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
