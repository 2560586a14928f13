"""Arithmetic precision of training on this CPU."""

from __future__ import annotations

import torch


def has_bfloat16() -> bool:
    """Whether the CPU itself computes in bfloat16, faster than in float32; emulated it is much slower.

    torch reports it for x86 CPUs only.
    """
    cpu = torch.cpu
    return bool(cpu._is_avx512_bf16_supported() or cpu._is_amx_tile_supported())
