"""Degradation of drawn cells by scanners, fax machines and phones: wider than any level of the generator.

Every effect is a few OpenCV calls on a picture of some thousand pixels; one cell takes about a millisecond.
"""

from __future__ import annotations

import cv2
import numpy as np

from models.cells.crop import Grey, Window, cut, window_around
from training.digits.drawing import DIGIT_HEIGHT, Drawn, Ink, Random


def scanned(random: Random, drawn: Drawn) -> Grey:
    """Return the degraded cell as a crop of the network's input height, `models.cells.crop.HEIGHT` pixels."""
    type_, stray = _worn(random, _weighted(random, drawn.type)), drawn.stray
    severity = float(random.beta(1.1, 2.2))  # most cells are fair, some hopeless
    type_, stray, line = _bent(random, type_, stray, drawn.line)
    paper = _paper(random, type_.shape, severity)
    depth = float(random.uniform(1 - 0.85 * severity, 1.0)) * random.uniform(0.75, 1.0)
    grey = paper * (1 - depth * type_) * (1 - random.uniform(0.5, 1.0) * stray)
    height = float(np.clip(random.normal(19 - 11 * severity, 5), 6.0, DIGIT_HEIGHT))  # pixels of a digit as scanned
    scale = height / DIGIT_HEIGHT
    grey = _taken(random, grey, scale, severity)
    grey = _copied(random, grey, severity)
    shown = _compressed(random, grey, severity)
    return _framed(random, shown, Window(*(side * scale for side in line)), height)


def _weighted(random: Random, ink: Ink) -> Ink:
    """Return bolder or thinner ink, as a whole or in the strokes of one direction."""
    kind = random.random()
    if kind < 0.15:
        return np.asarray(cv2.dilate(ink, np.ones((2, 2), np.uint8), iterations=int(random.integers(1, 3))))
    if kind < 0.27:
        return np.asarray(cv2.erode(ink, np.ones((2, 2), np.uint8)))
    if kind < 0.33:  # thin strokes lost: those that lie, or those that stand
        size = (3, 1) if random.random() < 0.7 else (1, 3)
        thin = np.asarray(cv2.erode(ink, np.ones(size, np.uint8)), np.float32)
        share = np.float32(random.uniform(0.4, 1.0))
        return np.asarray(ink * (1 - share) + thin * share, np.float32)
    return ink


def _worn(random: Random, ink: Ink) -> Ink:
    """Return ink with spots missing, or with the lines of a bad drum."""
    kind = random.random()
    if kind > 0.3:
        return ink
    if kind < 0.2:
        grain = float(random.uniform(1.5, 7))
        size = (max(2, round(ink.shape[1] / grain)), max(2, round(ink.shape[0] / grain)))
        noise = cv2.resize(random.random(size[::-1], np.float32), ink.shape[::-1], interpolation=cv2.INTER_LINEAR)
        lost = np.clip((noise - random.uniform(0.5, 0.85)) * 8, 0, 1)
        return np.asarray(ink * (1 - lost * random.uniform(0.4, 1.0)), np.float32)
    worn = ink.copy()
    for _ in range(int(random.integers(1, 4))):
        y = int(random.integers(0, ink.shape[0]))
        worn[y : y + int(random.integers(1, 6))] *= random.uniform(0, 0.8)
    return worn


def _bent(random: Random, ink: Ink, stray: Ink, line: Window) -> tuple[Ink, Ink, Window]:
    """Return both pictures slightly rotated, sheared and wavy, as the rest of a rectified page is."""
    if random.random() < 0.4:
        return ink, stray, line
    height, width = ink.shape
    angle, shear = random.normal(0, 0.02), random.normal(0, 0.06)
    turn = np.array([[1, shear, -shear * height / 2], [angle, 1, -angle * width / 2]], np.float32)
    return (
        np.asarray(cv2.warpAffine(ink, turn, (width, height)), np.float32),
        np.asarray(cv2.warpAffine(stray, turn, (width, height)), np.float32),
        line,
    )


def _paper(random: Random, shape: tuple[int, ...], severity: float) -> Ink:
    """Return the paper's grey values (0 to 255), with shade, texture and bleed-through."""
    height, width = shape
    tone = float(random.uniform(255 - 120 * severity, 255))
    paper = np.full((height, width), tone, np.float32)
    if random.random() < 0.4:
        x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
        fall = random.normal(0, 0.12 * (0.3 + severity), 2)
        paper *= np.clip(1 + fall[0] * x + fall[1] * y, 0.3, 1.15).astype(np.float32)
    if random.random() < 0.3:
        texture = random.normal(0, 1, (max(2, height // 9), max(2, width // 9))).astype(np.float32)
        paper += cv2.resize(texture, (width, height), interpolation=cv2.INTER_CUBIC) * random.uniform(1, 10) * severity
    if random.random() < 0.06:
        blots = (random.random((max(2, height // 12), max(2, width // 12))) < 0.3).astype(np.float32)
        paper -= cv2.GaussianBlur(cv2.resize(blots, (width, height)), (0, 0), 3) * random.uniform(5, 60)
    return paper


def _taken(random: Random, grey: Ink, scale: float, severity: float) -> Ink:
    """Return the cell at the scanner's resolution, defocused, with sensor noise."""
    size = (max(4, round(grey.shape[1] * scale)), max(4, round(grey.shape[0] * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    blur = float(random.uniform(0, 0.35 + 1.0 * severity))
    if blur > 0.2:
        sideways = blur * float(random.uniform(0.6, 1.6))
        small = cv2.GaussianBlur(small, (0, 0), sigmaX=sideways, sigmaY=blur)
    noise = np.asarray(random.standard_normal(small.shape, np.float32))
    if random.random() < 0.3:
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), sigmaX=0.8), np.float32) * 2
    return np.asarray(small + noise * random.uniform(0, 4 + 26 * severity), np.float32)


def _copied(random: Random, grey: Ink, severity: float) -> Ink:
    """Apply a copier's steep tone curve, a fax's two tones or a halftone; most cells keep their grey values."""
    kind = random.random()
    if kind < 0.12:
        middle, steep = float(random.uniform(90, 200)), float(random.uniform(0.02, 0.08))
        return np.asarray(255 / (1 + np.exp(-steep * (grey - middle))), np.float32)
    if kind < 0.28:
        grey = _gritty(random, np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.5)))
        level = float(np.percentile(grey, 80)) * float(random.uniform(0.55, 0.95))
        if random.random() < 0.3:
            level_map = cv2.blur(grey, (25, 25)) - random.uniform(8, 30)
            copied = np.where(grey > level_map, 255.0, 0.0)
        elif random.random() < 0.4:
            tiles = np.tile(_BAYER, (grey.shape[0] // 4 + 1, grey.shape[1] // 4 + 1))[: grey.shape[0], : grey.shape[1]]
            copied = np.where(grey > level * (0.6 + 0.7 * tiles), 255.0, 0.0)
        else:
            copied = np.where(grey > level, 255.0, 0.0)
        if random.random() < 0.5:
            pepper = random.random(copied.shape) < random.uniform(0, 0.04) * (0.3 + severity)
            copied[pepper] = 255 - copied[pepper]
        return np.asarray(copied, np.float32)
    if kind < 0.32:
        size = int(random.integers(2, 4))
        return np.asarray(cv2.medianBlur(np.clip(grey, 0, 255).astype(np.uint8), 2 * size - 1), np.float32)
    return grey


def _gritty(random: Random, grey: Ink) -> Ink:
    """Add noise or JPEG ripples before thresholding: both leave specks on bare paper."""
    kind = random.random()
    if kind < 0.35:
        return grey + random.standard_normal(grey.shape, np.float32) * np.float32(random.uniform(5, 40))
    if kind < 0.6:
        noisy = grey + random.standard_normal(grey.shape, np.float32) * np.float32(random.uniform(0, 15))
        whole = np.clip(noisy, 0, 255).astype(np.uint8)
        _, packed = cv2.imencode(".jpg", whole, [cv2.IMWRITE_JPEG_QUALITY, int(random.uniform(10, 50))])
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.float32)
    return grey


_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16


def _compressed(random: Random, grey: Ink, severity: float) -> Grey:
    """Return uint8, mostly by way of a JPEG."""
    whole = np.clip(grey, 0, 255).astype(np.uint8)
    if random.random() < 0.3:
        return whole
    quality = int(random.uniform(15, 90) * (1 - 0.3 * severity))
    _, packed = cv2.imencode(".jpg", whole, [cv2.IMWRITE_JPEG_QUALITY, max(10, quality)])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _framed(random: Random, picture: Grey, line: Window, digit: float) -> Grey:
    """Return the cell at about the resolution of reading, cropped about as reading crops it."""
    if random.random() < 0.6:  # pages are brought to one resolution first
        to = float(random.uniform(14, 24)) / digit
        way = cv2.INTER_AREA if to < 1 else (cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(random.integers(2))]
        size = (max(4, round(picture.shape[1] * to)), max(4, round(picture.shape[0] * to)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)
        line, digit = Window(*(side * to for side in line)), digit * to
    return jittered(random, picture, line, digit)


def jittered(random: Random, picture: Grey, line: Window, digit: float, cell: Window | None = None) -> Grey:
    """Return the crop of a line with the errors of detected grids and lines: shifted, scaled, cropped by the cell's
    sides.

    `line` and `digit` (height of a digit) are in pixels of `picture`. `cell` is the cell's inside; None: random sides.
    """
    frame = float(np.exp(random.normal(0.0, 0.13)))
    window = window_around(line, digit, frame)
    up, along = random.normal(0, 0.07 * digit), random.normal(0, 0.1 * digit)
    left, right = random.uniform(-0.35, 0.35, 2) * digit
    window = Window(window.left + along + left, window.top + up, window.right + along + right, window.bottom + up)
    height, width = picture.shape
    inside = [0.0, 0.0, float(width), float(height)] if cell is None else list(cell)
    for side in range(4):
        if cell is None and random.random() < 0.2:  # the cell ends here
            room = float(random.uniform(0.1, 0.5)) * digit
            inside[side] = (line[side] - room) if side < 2 else (line[side] + room)
    return cut(picture, window, Window(*inside))
