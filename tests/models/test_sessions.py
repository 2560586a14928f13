"""Networks in eight bits compute the same on every processor."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from models.cells.crop import as_input, bucket
from models.sessions import open_session
from models.weights import weights
from tests.models.cells.test_reader import picture


@pytest.mark.parametrize("text", ["0", "-", "7", "447228"])
def test_figures_are_computed_as_in_floating_point(text: str) -> None:
    """Without VNNI instructions sums of products in eight bits are cut off, unless that is asked not to be."""
    path = weights("digits").verified_path()
    options = onnxruntime.SessionOptions()
    # As the file says, in floating point: nothing is put in eight bits.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    exact = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    shown = picture(text)
    given = {"pictures": as_input([shown], bucket(shown.shape[1]))}
    assert np.allclose(open_session(path, 1).run(None, given)[0], exact.run(None, given)[0], atol=1e-3)
