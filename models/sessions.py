"""How networks are opened: on ONNX Runtime, on processors, in so many threads, without its arena.

An arena keeps the most that any page has ever needed, in powers of two, for every network: a worker that had met
damaged files held 485 MB with it and 314 MB without. Memory taken and given back costs no time that can be measured.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnxruntime


def open_session(path: Path, threads: int) -> Any:
    """An `onnxruntime.InferenceSession`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
