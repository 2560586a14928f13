"""How networks are trained on this processor."""

from __future__ import annotations

import torch


def has_bfloat16() -> bool:
    """Whether the processor itself computes in bfloat16, faster than in float32; emulated it is much slower.

    torch tells of x86 processors only.
    """
    cpu = torch.cpu
    return bool(cpu._is_avx512_bf16_supported() or cpu._is_amx_tile_supported())
