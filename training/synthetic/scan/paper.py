"""Degradation of a printed sheet: seals, pens, holes, coloured or thin paper, water."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from training.synthetic.scan.picture import Colour, Picture, Scene, clouds, grain, grey, like, painted

_PLACES = ("青禾县", "临泽岭区", "云渚市", "石塘镇", "白鹭洲乡", "南汀街道", "松坪县", "丹岭区")
_OFFICES = ("人民政府", "人民政府办公室", "教育局", "财政局", "民政局", "自然资源局", "卫生健康局")
_SEAL_RED: Colour = (205, 30, 35)
_PENS: tuple[Colour, ...] = ((35, 55, 150), (25, 25, 30), (180, 30, 30), (60, 60, 65))


def seal(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Return one or two round red seals with a star, over the print."""
    for _ in range(1 + int(random.random() < 0.3)):
        side = max(24, round(scene.pixels(random.uniform(95, 125))))
        words = str(random.choice(_PLACES)) + str(random.choice(_OFFICES))
        picture = _stamped(picture, _round_seal(side, words), strength, random, _SEAL_RED)
    return picture


def oblong_seal(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Return a receiving office's framed stamp, red, violet or blue, with a date."""
    colour: Colour = ((200, 40, 50), (110, 50, 140), (50, 70, 170))[int(random.integers(3))]
    width, height = round(scene.pixels(random.uniform(110, 150))), round(scene.pixels(random.uniform(42, 56)))
    mask = np.zeros((height, width), np.uint8)
    rim = max(1, round(scene.pixels(1.4)))
    cv2.rectangle(mask, (rim, rim), (width - 1 - rim, height - 1 - rim), 255, rim)
    day = f"{random.integers(2019, 2025)}年{random.integers(1, 13)}月{random.integers(1, 29)}日"
    for line, text in enumerate((str(random.choice(_PLACES)) + "收文专用章", day)):
        _written(mask, text, (round(width * 0.08), round(height * (0.43 + 0.42 * line))), height * 0.3)
    return _stamped(picture, mask, strength, random, colour)


def pen(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Handwriting over cells: ticks, circles, strokes through, scribbled remarks."""
    if not len(scene.cells):
        return picture
    mask = np.zeros(picture.shape[:2], np.uint8)
    for _ in range(1 + round(7 * strength * float(random.random()))):
        left, top, right, bottom = scene.cells[int(random.integers(len(scene.cells)))]
        size = min(bottom - top, scene.pixels(30)) * random.uniform(0.7, 1.3)
        at = np.array([random.uniform(left, right), random.uniform(top, bottom)])
        curve = _STROKES[int(random.integers(len(_STROKES)))](random)
        line = np.round((at + size * curve) * 8).astype(np.int32)
        thick = max(1, round(scene.pixels(random.uniform(0.7, 1.3))))
        cv2.polylines(mask, [line[:, None]], False, 255, thick, cv2.LINE_AA, 3)
    cover = mask.astype(np.float32) * np.float32((0.5 + 0.4 * strength) / 255)
    return painted(picture, cover, _PENS[int(random.integers(len(_PENS)))])


def marker(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Return a highlighter drawn through a few lines; dark bars where the scan is grey."""
    if not len(scene.cells):
        return picture
    mask = np.zeros(picture.shape[:2], np.float32)
    for left, top, right, bottom in scene.cells[random.integers(len(scene.cells), size=2)]:
        thick, y = round(min(bottom - top, scene.pixels(16)) * 0.7), (top + bottom) / 2
        ends = (round(left), round(y)), (round(right), round(y + scene.pixels(random.uniform(-3, 3))))
        cv2.line(mask, *ends, 0.55 * strength, max(1, thick))
    return painted(picture, mask, (255, 220, 20) if picture.ndim == 3 else (120, 120, 120))


def holes(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Two or four punched holes at the left edge, through which the lid is seen; ragged with more strength."""
    height = picture.shape[0]
    x, radius = scene.pixels(random.uniform(15, 24)), scene.pixels(random.uniform(6.5, 8.5))
    between = scene.pixels(227)
    rows = (-0.5, 0.5) if random.random() < 0.7 else (-1.5, -0.5, 0.5, 1.5)
    tone = min(scene.surround, 90.0)
    picture = np.ascontiguousarray(picture)
    for row in rows:
        at = round(x), round(height / 2 + row * between * (1 if len(rows) == 2 else 0.75))
        cv2.circle(picture, at, round(radius), (tone, tone, tone), -1, cv2.LINE_AA)
        shade = round(radius + scene.pixels(1.5 * strength))
        cv2.ellipse(picture, at, (shade, shade), 0, 100, 200, (tone + 40, tone + 40, tone + 40), 2, cv2.LINE_AA)
    return picture


def bleed_through(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Thin paper: the page on the back shows through, mirrored."""
    if scene.behind is None or scene.behind.shape[:2] != picture.shape[:2]:
        return picture
    back = cv2.GaussianBlur(grey(scene.behind)[:, ::-1], (0, 0), max(0.5, scene.pixels(0.5)))
    return picture * like(np.asarray(1 - (255 - back) / 255 * (0.42 * strength), np.float32), picture)


def tint(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Recycled or yellowed paper with fibres."""
    fibres = 1 + 0.02 * strength * grain(picture.shape, random, max(1.0, scene.pixels(0.6)))
    shade: Colour = (255, 255 - 14 * strength, 255 - 55 * strength)
    sheet = painted(picture, np.full(picture.shape[:2], 0.4 + 0.6 * strength, np.float32), shade)
    return sheet * (1 - 0.06 * strength) * like(fibres, picture)


def damp(picture: Picture, strength: float, scene: Scene, random: np.random.Generator) -> Picture:
    """Dried water: patches a little darker, with a brown rim."""
    field = clouds(picture.shape, random, 0, 1, 5)
    rim = np.exp(-(((field - 0.72) / 0.025) ** 2)) * 0.6 + 0.25 * (field > 0.72)
    return painted(picture, np.asarray(rim * (0.7 * strength), np.float32), (170, 140, 100))


def _stamped(
    picture: Picture, mask: npt.NDArray[np.uint8], strength: float, random: np.random.Generator, colour: Colour
) -> Picture:
    """Draw the stamp somewhere on the lower three quarters, slightly rotated, with uneven ink."""
    side = round(np.hypot(*mask.shape)) + 2
    large = np.zeros((side, side), np.uint8)
    top, left = (side - mask.shape[0]) // 2, (side - mask.shape[1]) // 2
    large[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), float(random.uniform(-25, 25)), 1)
    ink = cv2.warpAffine(large, turn, (side, side)).astype(np.float32) / 255
    ink *= np.clip(0.85 + 0.35 * grain(ink.shape, random, side / 60), 0.1, 1) * clouds(ink.shape, random, 0.45, 1)
    height, width = picture.shape[:2]
    y, x = (int(random.integers(max(1, room))) for room in (height - side, width - side))
    y = max(y, min(height - side, height // 4), 0)
    part = picture[y : y + side, x : x + side]
    cover = np.asarray(ink[: part.shape[0], : part.shape[1]] * (0.55 + 0.4 * strength), np.float32)
    picture[y : y + side, x : x + side] = painted(part, cover, colour)
    return picture


def _round_seal(side: int, words: str) -> npt.NDArray[np.uint8]:
    mask = np.zeros((side, side), np.uint8)
    middle, radius = side // 2, side // 2 - 2
    cv2.circle(mask, (middle, middle), radius, 255, max(2, side // 36), cv2.LINE_AA)
    star = [
        (middle + r * np.sin(k * np.pi / 5), middle - r * np.cos(k * np.pi / 5))
        for k, r in enumerate((0.3 * radius, 0.12 * radius) * 5)
    ]
    cv2.fillPoly(mask, [np.round(star).astype(np.int32)[:, None]], 255, cv2.LINE_AA)
    step = min(36.0, 250 / len(words))
    for k, letter in enumerate(words):
        angle = (k - (len(words) - 1) / 2) * step
        glyph = np.zeros_like(mask)
        size = radius * min(0.34, 0.011 * step)
        _written(glyph, letter, (round(middle - size / 2), round(middle - radius * 0.64)), size)
        turn = cv2.getRotationMatrix2D((middle, middle), -angle, 1)
        mask |= cv2.warpAffine(glyph, turn, (side, side))  # type: ignore[arg-type]
    return mask


def _written(mask: npt.NDArray[np.uint8], text: str, at: tuple[int, int], size: float) -> None:
    """Draw Chinese text in the face that OpenCV 5 carries, so that a seal does not depend on installed fonts."""
    face = cv2.FontFace("uni")
    three = np.zeros((*mask.shape, 3), np.uint8)
    cv2.putText(three, text, at, (255, 255, 255), face, max(6, round(size)), 600)
    np.maximum(mask, three[..., 0], out=mask)


def _tick(random: np.random.Generator) -> npt.NDArray[np.float64]:
    return np.array([[-0.4, 0.0], [-0.15, 0.35], [0.2, -0.2], [0.7, -0.7]]) + random.normal(0, 0.05, (4, 2))


def _ring(random: np.random.Generator) -> npt.NDArray[np.float64]:
    t = np.linspace(0, 2.2 * np.pi, 40) + random.uniform(0, 6)
    return np.stack([1.1 * np.cos(t) * (1 + t / 60), 0.55 * np.sin(t)], axis=1)


def _through(random: np.random.Generator) -> npt.NDArray[np.float64]:
    t = np.linspace(-1.6, 1.6, 20)
    return np.stack([t, 0.08 * np.sin(3 * t) + 0.1 * t * random.uniform(-1, 1)], axis=1)


def _scribble(random: np.random.Generator) -> npt.NDArray[np.float64]:
    knots = random.normal(0, 0.4, (9, 2)).cumsum(axis=0) * 0.4 + np.linspace([-0.8, 0], [1.4, 0], 9)
    t = np.linspace(0, 8, 80)
    return np.stack([np.interp(t, range(9), knots[:, k]) for k in (0, 1)], axis=1) + 0.08 * np.sin(5 * t)[:, None]


_STROKES = (_tick, _ring, _through, _scribble)
