"""Effects of Augraphy (MIT), for the test split alone: test data is degraded by other code than training data.

Only effects that take under a second a page and give the same picture for the same seed in every process; none that
move pixels, because boxes must be mapped along. Augraphy draws from the global generators of `random`, NumPy and
OpenCV: they are seeded for the call, and the first two restored afterwards (OpenCV's cannot be read).
"""

from __future__ import annotations

import random as global_random
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import cv2
import numpy as np

from training.synthetic.scan.picture import Effect, Picture, Scene, grey


def _ink_bleed(a: Any, k: float) -> Any:
    return a.InkBleed(intensity_range=(0.3 + 0.4 * k, 0.4 + 0.5 * k), kernel_size=(3, 3), severity=(0.4 * k, 0.5 * k))


def _letterpress(a: Any, k: float) -> Any:
    many = (round(100 + 300 * k), round(150 + 500 * k))
    return a.Letterpress(many, many, std_range=(900, 2600), value_range=(200, 255), blur=1)


def _worn_lines(a: Any, k: float) -> Any:
    return a.LinesDegradation(
        line_replacement_probability=(0.1 + 0.4 * k, 0.2 + 0.5 * k), line_replacement_thickness=(1, 2)
    )


def _low_ink_lines(a: Any, k: float) -> Any:
    return a.LowInkPeriodicLines(count_range=(1, round(2 + 5 * k)), period_range=(12, 40))


def _mottling(a: Any, k: float) -> Any:
    return a.InkMottling(ink_mottling_alpha_range=(0.2 + 0.4 * k, 0.25 + 0.5 * k))


def _dirty_drum(a: Any, k: float) -> Any:
    return a.DirtyDrum(line_width_range=(1, 3), line_concentration=0.01 + 0.03 * k, noise_intensity=0.1 + 0.3 * k)


def _noise_texture(a: Any, k: float) -> Any:
    return a.NoiseTexturize(sigma_range=(round(1 + 2 * k), round(2 + 3 * k)), turbulence_range=(2, 5))


def _subtle_noise(a: Any, k: float) -> Any:
    return a.SubtleNoise(subtle_range=round(4 + 24 * k))


def _shadow_cast(a: Any, k: float) -> Any:
    return a.ShadowCast(shadow_opacity_range=(0.15 + 0.2 * k, 0.2 + 0.4 * k), shadow_iterations_range=(1, 1))


def _stains(a: Any, k: float) -> Any:
    return a.Stains(stains_blend_alpha=0.2 + 0.4 * k)


def _brightness_texture(a: Any, k: float) -> Any:
    return a.BrightnessTexturize(texturize_range=(0.92 - 0.2 * k, 0.99), deviation=0.02 + 0.1 * k)


def _coloured_paper(a: Any, k: float) -> Any:
    return a.ColorPaper(hue_range=(10, 110), saturation_range=(round(8 + 15 * k), round(14 + 30 * k)))


def _noisy_lines(a: Any, k: float) -> Any:
    return a.NoisyLines(noisy_lines_number_range=(2, round(4 + 14 * k)), noisy_lines_thickness_range=(1, 1))


_MAKERS: dict[str, Callable[[Any, float], Any]] = {
    "aug_ink_bleed": _ink_bleed,
    "aug_letterpress": _letterpress,
    "aug_worn_lines": _worn_lines,
    "aug_low_ink_lines": _low_ink_lines,
    "aug_mottling": _mottling,
    "aug_coloured_paper": _coloured_paper,
    "aug_stains": _stains,
    "aug_noisy_lines": _noisy_lines,
    "aug_shadow_cast": _shadow_cast,
    "aug_dirty_drum": _dirty_drum,
    "aug_brightness_texture": _brightness_texture,
    "aug_noise_texture": _noise_texture,
    "aug_subtle_noise": _subtle_noise,
}
NAMES = tuple(_MAKERS)


def effect(name: str) -> Effect:
    """Return Augraphy's effect of this name as an `Effect`. Raises KeyError for an unknown one, ImportError when
    used without Augraphy."""
    maker = _MAKERS[name]

    def apply(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
        seed = int(random.integers(2**31))
        colour = np.clip(picture, 0, 255).astype(np.uint8)
        colour = cv2.cvtColor(colour, cv2.COLOR_GRAY2BGR if picture.ndim == 2 else cv2.COLOR_RGB2BGR)  # type: ignore[assignment]
        kept = global_random.getstate(), np.random.get_state()
        try:
            global_random.seed(seed)
            np.random.seed(seed)
            cv2.setRNGSeed(seed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                degraded = maker(_augraphy(), strength)(colour)
        finally:
            global_random.setstate(kept[0])
            np.random.set_state(kept[1])
        if degraded.ndim == 2:
            degraded = cv2.cvtColor(degraded, cv2.COLOR_GRAY2BGR)
        back = cv2.cvtColor(np.ascontiguousarray(degraded[..., :3]), cv2.COLOR_BGR2RGB).astype(np.float32)
        return grey(back) if picture.ndim == 2 else back

    return apply


@cache
def _augraphy() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import augraphy  # type: ignore[import-untyped,import-not-found,unused-ignore]  # takes seconds; only for test
    return augraphy
