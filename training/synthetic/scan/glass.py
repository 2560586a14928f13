"""Optics and electronics between sheet and file: light, lens, sensor, dust, fax line."""

from __future__ import annotations

import cv2
import numpy as np

from training.synthetic.scan.picture import Picture, Scene, clouds, grain, like


def shade(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Uneven light over the whole sheet."""
    return picture * like(clouds(picture.shape, random, 1 - 0.45 * strength, 1.0, 3), picture)


def slope(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Light from one side: the sheet darkens evenly in one direction."""
    angle = random.uniform(0, 2 * np.pi)
    y, x = (np.linspace(-1, 1, side, dtype=np.float32) for side in picture.shape[:2])
    field = 1 - 0.4 * strength * (0.5 + 0.35 * (np.cos(angle) * x[None, :] + np.sin(angle) * y[:, None]))
    return picture * like(np.asarray(field, np.float32), picture)


def cast(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Return the shadow of whoever holds the phone: one soft edge across the page."""
    angle, offset = random.uniform(0, 2 * np.pi), random.uniform(-0.2, 0.6)
    width = random.uniform(0.04, 0.2)
    y, x = (np.linspace(-1, 1, side, dtype=np.float32) for side in picture.shape[:2])
    edge = np.cos(angle) * x[None, :] + np.sin(angle) * y[:, None] + 0.1 * np.sin(3 * y)[:, None] - offset
    field = 1 - 0.55 * strength / (1 + np.exp(np.clip(-edge / width, -30, 30)))
    return picture * like(np.asarray(field, np.float32), picture)


def spine(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Return the dark gutter of a bound volume along one side."""
    x = np.linspace(0, 1, picture.shape[1], dtype=np.float32)
    field = 1 - 0.75 * strength * np.exp(-(x if random.random() < 0.7 else x[::-1]) / random.uniform(0.02, 0.06))
    return picture * like(np.broadcast_to(field.astype(np.float32), picture.shape[:2]), picture)


def blur(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Out of focus; 1 is 1.2 points."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), max(0.25, scene.pixels(0.6 * strength))), np.float32)


def smear(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Moved while exposed: blurred in one direction."""
    reach = max(1.0, scene.pixels(1.1 * strength))
    side = 2 * int(np.ceil(reach)) + 1
    kernel = np.zeros((side, side), np.float32)
    angle = random.uniform(0, np.pi)
    for t in np.linspace(-reach / 2, reach / 2, 4 * side):
        kernel[round(side // 2 + t * np.sin(angle)), round(side // 2 + t * np.cos(angle))] += 1
    kernel = np.asarray(cv2.GaussianBlur(kernel, (3, 3), 0), np.float32)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)


def noise(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Sensor noise, the same everywhere."""
    grains: Picture = random.standard_normal(picture.shape, dtype=np.float32)
    return picture + np.float32(26 * strength) * grains


def shot_noise(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Too little light: noise in coarse grains, stronger where it is bright."""
    level = np.sqrt(np.clip(picture, 0, 255, dtype=np.float32)) * np.float32(1.5 * strength)
    return np.asarray(picture + level * like(grain(picture.shape, random, 1.6), picture), np.float32)


def banding(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Return a sensor read row by row: every row a little lighter or darker than the next."""
    rows: Picture = random.standard_normal((picture.shape[0], 1), dtype=np.float32)
    return picture + np.float32(7 * strength) * like(np.broadcast_to(rows, picture.shape[:2]), picture)


def speckle(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Dust on the glass: dark dots, and a few light ones that bite into the print."""
    picture = np.ascontiguousarray(picture)
    height, width = picture.shape[:2]
    for _ in range(round(260 * strength)):
        at = int(random.integers(width)), int(random.integers(height))
        tone = float(random.choice([40, 110, 250], p=[0.45, 0.35, 0.2]))
        size = max(0, round(scene.pixels(float(random.uniform(0.1, 0.6)))))
        cv2.circle(picture, at, size, (tone, tone, tone), -1)
    return picture


def pepper(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Single black and white pixels in clusters, as a bad line or drum gives."""
    lumps = clouds(picture.shape, random, 0, 0.02 * strength, 7) ** 1.5 * 4
    chance = random.random(picture.shape[:2], dtype=np.float32)
    picture[chance < lumps] = 20
    picture[chance > 1 - lumps / 2] = 255
    return picture


def streaks(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Dust on the sensor of a sheet feeder: thin lines down the whole page."""
    for _ in range(1 + round(4 * strength * float(random.random()))):
        x = int(random.integers(picture.shape[1] - 2))
        part = picture[:, x : x + int(random.integers(1, 3))]
        part[...] = part * (1 - 0.6 * strength) + 0.6 * strength * float(random.choice([70.0, 240.0]))
    return picture


def fax_lines(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Return a fax: half the lines (standard resolution for 1), and lines that were lost on the way."""
    height, width = picture.shape[:2]
    kept = round(height * (1 - 0.5 * strength))
    picture = cv2.resize(picture, (width, kept), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_NEAREST)  # type: ignore[assignment]
    for y in random.integers(2, height, round(6 * strength * float(random.random()))):
        picture[y] = picture[y - 2]
    return picture


def halftone(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Return a screened copy: greys become a fine pattern of dots."""
    period, angle = scene.pixels(random.uniform(1.0, 1.4)), random.uniform(0.5, 1.0)
    height, width = picture.shape[:2]
    y, x = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None, :]
    k = np.float32(2 * np.pi / period)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    screen = np.sin(k * (c * x + s * y)) * np.sin(k * (c * y - s * x))
    return picture + like(np.asarray(40 * strength * screen, np.float32), picture) * (picture > 40)
