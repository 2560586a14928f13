"""Toner on paper, before scanning: faded, dropped out, run, broken; copied once more."""

from __future__ import annotations

import cv2
import numpy as np

from training.synthetic.scan.picture import Picture, Scene, clouds, grain, grey, like


def fade(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Return an empty cartridge: print turns grey, in parts more than in others."""
    left = clouds(picture.shape, random, 1 - 0.85 * strength, 1 - 0.5 * strength)
    return 255 - (255 - picture) * like(left, picture)


def drop_out(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Toner that did not stick: small flakes are missing from the print."""
    flakes = grain(picture.shape, random, max(1.5, scene.pixels(0.7)))
    flakes += 0.6 * clouds(picture.shape, random, -1, 1, 6)
    missing = np.clip((flakes - 1.5 + 1.3 * strength) * 4, 0, 1) * 0.9
    return 255 - (255 - picture) * like(1 - missing, picture)


def broken_rules(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Grid lines with gaps: long straight runs of ink are rubbed out here and there."""
    dark = (grey(picture) < 170).astype(np.uint8)
    run = max(9, round(scene.pixels(26)))
    lines = np.zeros_like(dark)
    for kernel in (np.ones((1, run), np.uint8), np.ones((run, 1), np.uint8)):
        lines |= cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel)  # type: ignore[arg-type]
    thick = round(scene.pixels(4)) | 1
    bands = cv2.morphologyEx(lines, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))  # and are no lines
    lines[bands > 0] = 0
    lines = cv2.dilate(lines, np.ones((3, 3), np.uint8))  # type: ignore[assignment]
    gaps = np.clip((grain(picture.shape, random, scene.pixels(9)) - 1.6 + 1.5 * strength) * 6, 0, 1)
    return picture + (255 - picture) * like(np.asarray(gaps * lines, np.float32), picture)


def swell(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Ink that runs: strokes grow and close up."""
    side = 3 if scene.dpi < 250 else 5
    grown = cv2.erode(picture, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    return np.asarray(picture * (1 - 0.8 * strength) + grown * (0.8 * strength), np.float32)


def wear(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Thin print: strokes lose their edges."""
    worn = cv2.dilate(picture, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
    return np.asarray(picture * (1 - 0.7 * strength) + worn * (0.7 * strength), np.float32)


def recopy(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Return a copy of a copy: soft, then too hard, so fine strokes are lost and corners fill."""
    soft = cv2.GaussianBlur(picture, (0, 0), scene.pixels(0.18 + 0.3 * strength))
    middle = 150 + 40 * float(random.uniform(-1, 1)) * strength
    return np.asarray(255 / (1 + np.exp(-(soft - middle) / (50 - 26 * strength))), np.float32)
