"""Clean cells: a line of figures in type, with stray ink around it. In the training split's fonts only.

Everything is drawn with digits `DIGIT_HEIGHT` pixels high, as ink from 0 to 1; `training.digits.degradation` scans it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from models.cells.charset import OTHER, spelled
from models.cells.crop import Window
from training.synthetic.fonts import FONTS, font_file

DIGIT_HEIGHT = 28  # pixels
_MARGIN_PIXELS = 26  # pixels around a line

Ink = npt.NDArray[np.float32]
Random = np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Ink of type, stray ink (grid lines, seals, pens, specks; both 0 to 1), and the text to be read.

    `line` is the box of the printed line in pixels; for an empty cell where it would be.
    """

    type: Ink
    stray: Ink
    line: Window
    text: str


def draw(random: Random) -> Drawn:
    """Return one random cell."""
    text, chinese = _text(random)
    if not text:
        return _empty(random)
    mask = _line(random, text, chinese)
    if mask is None:
        return _empty(random)
    height, width = mask.shape
    shines = bool(random.random() < 0.06)
    left, right = (random.integers(0, 4 * DIGIT_HEIGHT, 2) * (random.random(2) < 0.6)).tolist() if shines else (0, 0)
    canvas = np.zeros((height + 2 * _MARGIN_PIXELS, width + left + right + 2 * _MARGIN_PIXELS), np.float32)
    canvas[_MARGIN_PIXELS : _MARGIN_PIXELS + height, _MARGIN_PIXELS + left : _MARGIN_PIXELS + left + width] = mask
    line = Window(_MARGIN_PIXELS, _MARGIN_PIXELS, _MARGIN_PIXELS + left + width + right, _MARGIN_PIXELS + height)
    _neighbours(random, canvas, line)
    label = spelled(text)
    stray = _stray_ink(random, canvas.shape, line, label)
    if shines:
        stray = np.maximum(stray, _shining_through(random, canvas.shape))
    return Drawn(canvas, stray, line, label)


def _empty(random: Random) -> Drawn:
    """Return a cell without type: bare, or with a smudge, sometimes with handwriting, which is labelled `OTHER`."""
    kind = random.random()
    width = int(random.integers(DIGIT_HEIGHT if kind > 0.1 else 4 * DIGIT_HEIGHT, 12 * DIGIT_HEIGHT))
    canvas = np.zeros((DIGIT_HEIGHT + 2 * _MARGIN_PIXELS, width + 2 * _MARGIN_PIXELS), np.float32)
    line = Window(_MARGIN_PIXELS, _MARGIN_PIXELS, _MARGIN_PIXELS + width, _MARGIN_PIXELS + DIGIT_HEIGHT)
    if kind < 0.1:
        return Drawn(canvas, _long_stroke(random, canvas.shape), line, "")
    if kind < 0.2:
        return Drawn(_handwriting(random, canvas, line), np.zeros_like(canvas), line, spelled("字"))
    return Drawn(canvas, _stray_ink(random, canvas.shape, line, "", busy=0.6), line, "")


# ---------------------------------------------------------------- what is printed

_WORDS = (
    "第号〔〕［］年月日执北城发"
    "本年处理决定数量信息内容制发件废止现行有效规章行政范性文许可其他对外管理服务事项处罚强制收费采购总金额"
    "一二三四五六七八九十自然人商业企科研机构社会公益组织法律计上结转政府公开申请予以部分不提供属于国家秘密"
    "过程信访举报投诉类重复维持纠正尚未审诉讼个次月日增加减少共部门县市区含转发修订无万元件条项（）()《》：:；“”、。"
)
_NOTES = ("（其中修订{}件）", "（含{}件）", "(含转发{}件)", "件", "项", "（其中{}件废止）", "宗", "条", "次")
_LENGTHS = (0.28, 0.2, 0.17, 0.13, 0.08, 0.06, 0.05, 0.03)


def _text(random: Random) -> tuple[str, bool]:
    """Return the printed text, and whether it is set in Chinese type throughout. Signs are more frequent than in
    reports."""
    if random.random() < 0.06:
        return "", False
    kind = random.random()
    if kind < 0.10:
        return "", False
    if kind < 0.55:
        return _count(random), False
    if kind < 0.67:
        return _money(random), False
    if kind < 0.72:
        return _in_thousands(random), False
    if kind < 0.78:
        return _signed(random), False
    if kind < 0.825:
        return str(random.choice(["-", "—", "—", "——", "--", "–", "－"])), bool(random.random() < 0.5)
    if kind < 0.855:
        return str(random.choice(["/", "/", "/", "／", "\\"])), False
    if kind < 0.875:
        return "无", True
    if kind < 0.895:
        return f"{_money(random) if random.random() < 0.4 else _count(random)}".rstrip("万元") + "%", False
    if kind < 0.92:
        return f"{_count(random)} {_count(random)}", False
    if kind < 0.955:
        return _count(random) + str(random.choice(_NOTES)).format(random.integers(0, 60)), False
    letters = _words(random, 1, 6)
    if kind < 0.975:
        letters = f"{letters}{_count(random)}{_words(random, 0, 4)}"
    return (letters if OTHER in spelled(letters) else "信"), True


def _signed(random: Random) -> str:
    """Return a change against the year before."""
    sign = str(random.choice(["+", "+", "＋", "-", "-", "—", "－", "增加", "减少"]))
    return sign + (_money(random) if random.random() < 0.25 else _count(random))


def _in_thousands(random: Random) -> str:
    """Return a figure with thousands separators, sometimes with decimals."""
    parts = [str(random.integers(1, 1000))]
    parts += [f"{random.integers(0, 1000):03d}" for _ in range(1 if random.random() < 0.8 else 2)]
    return ",".join(parts) + (f".{random.integers(0, 100):02d}" if random.random() < 0.4 else "")


def _words(random: Random, fewest: int, most: int) -> str:
    return "".join(random.choice(list(_WORDS), int(random.integers(fewest, most))))


def _count(random: Random) -> str:
    """Return a count: digits uniform at every place, runs of one digit more frequent than by chance."""
    length = int(random.choice(len(_LENGTHS), p=_LENGTHS)) + 1
    digits = random.integers(0, 10, length)
    if length > 1 and random.random() < 0.3:
        digits = random.choice(random.integers(0, 10, 2), length)
    if length > 1 and digits[0] == 0:
        digits[0] = random.integers(1, 10)
    return "".join(map(str, digits))


def _money(random: Random) -> str:
    text = f"{_count(random)}.{''.join(map(str, random.integers(0, 10, int(random.integers(1, 5)))))}"
    if random.random() < 0.15:
        text = _count(random)
    return text + (str(random.choice(["万元", "元", "万"])) if random.random() < 0.25 else "")


# ---------------------------------------------------------------- how it is set


@cache
def _faces() -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """Return font files with face numbers: of figures, and of Chinese; bold and italic cuts included."""
    chinese = [font_file(family) for family in FONTS["train"].text]
    latin = [font_file(family) for family in FONTS["train"].digits if family not in FONTS["train"].text]
    with_cuts = [*latin, *(f for f in chinese)]
    figures = [(f.path, f.number) for f in with_cuts]
    for path, number in list(figures):
        for cut in ("Bold", "Italic", "BoldItalic", "Light"):
            other = Path(path.replace("Regular", cut))
            if other.is_file() and str(other) != path:
                figures.append((str(other), number))
    folder = Path(latin[0].path).parent
    figures += [(str(p), 0) for p in sorted(folder.glob("LiberationSansNarrow-[BR]*.ttf"))]
    return tuple(figures), tuple((f.path, f.number) for f in chinese)


@lru_cache(maxsize=256)
def _font(path: str, number: int, digit: int) -> ImageFont.FreeTypeFont:
    """Return the face at the size at which a digit is `digit` pixels high."""
    trial = ImageFont.truetype(path, 100, index=number)
    _, top, _, bottom = trial.getbbox("0", anchor="ls")
    return ImageFont.truetype(path, max(8, round(100 * digit / max(1.0, bottom - top))), index=number)


def _line(random: Random, text: str, chinese: bool) -> Ink | None:
    """Return the ink of a printed line, cropped to it; None where the face has none of its glyphs."""
    figures, han = _faces()
    height = int(random.choice((DIGIT_HEIGHT - 2, DIGIT_HEIGHT, DIGIT_HEIGHT + 2)))
    han_font = _font(*han[random.integers(len(han))], height)
    font = han_font if chinese or random.random() < 0.12 else _font(*figures[random.integers(len(figures))], height)
    if random.random() < 0.03:
        text, font = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text), han_font
    spacing = float(random.normal(0, 0.02) + (random.random() < 0.15) * random.uniform(0, 0.22)) * height
    picture = Image.new("L", (int(len(text) * 2 * height + 2 * height), 3 * height))
    pen, x = ImageDraw.Draw(picture), float(height) / 2
    for character in text:
        if character == " ":  # two figures of neighbouring cells whose grid line was not detected
            x += random.uniform(0.35, 2.0) * height
            continue
        used = font if ord(character) < 0x2000 else han_font
        pen.text((x, 2 * height), character, fill=255, font=used, anchor="ls")
        x += used.getlength(character) + spacing
    mask = np.asarray(np.asarray(picture) / 255, np.float32)
    rows, columns = np.flatnonzero(mask.max(axis=1) > 0.2), np.flatnonzero(mask.max(axis=0) > 0.2)
    if not len(rows):
        return None
    mask = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if random.random() < 0.3:  # faces that nobody has: wider, narrower
        wide = max(2, round(mask.shape[1] * random.uniform(0.82, 1.2)))
        mask = np.asarray(cv2.resize(mask, (wide, mask.shape[0])), np.float32)
    return np.asarray(mask, np.float32)


# ---------------------------------------------------------------- what else is there


def _shining_through(random: Random, shape: tuple[int, ...]) -> Ink:
    """Return faint mirrored print of the other side."""
    stray = np.zeros(shape, np.float32)
    chinese = bool(random.random() < 0.7)
    text = "".join(random.choice(list(_WORDS[:90]), 9)) if chinese else str(random.integers(10**6, 10**9))
    mask = _line(random, text, chinese)
    if mask is not None:
        mask = mask[: shape[0], ::-1][:, : shape[1]]
        y = int(random.integers(0, max(1, shape[0] - mask.shape[0])))
        x = int(random.integers(0, max(1, shape[1] - mask.shape[1])))
        stray[y : y + mask.shape[0], x : x + mask.shape[1]] = mask * random.uniform(0.05, 0.3)
    return stray


def _neighbours(random: Random, canvas: Ink, line: Window) -> None:
    """Draw the ends of another line of the cell, above or below."""
    if random.random() > 0.06:
        return
    other = _line(random, str(random.integers(0, 10**6)), False)
    if other is None:
        return
    far = int(random.integers(4, 14))
    part = other[:far] if random.random() < 0.5 else other[-far:]
    y = 0 if part is not other[:far] else canvas.shape[0] - far
    wide = min(part.shape[1], canvas.shape[1])
    canvas[y : y + far, :wide] = np.maximum(canvas[y : y + far, :wide], part[:, :wide])


def _stray_ink(random: Random, shape: tuple[int, ...], line: Window, label: str, busy: float = 0.35) -> Ink:
    """Return grid lines at the window's edges, seals, pens, specks, streaks; most cells have none."""
    stray = np.zeros(shape, np.uint8)
    if random.random() < busy:
        for _ in range(int(random.integers(1, 3))):
            _grid_line(random, stray, line)
    if random.random() < 0.12:
        _seal(random, stray)
    if random.random() < 0.03 and label:
        _pen(random, stray)
    if random.random() < busy * 0.6:
        for _ in range(int(random.geometric(0.3 if random.random() < 0.7 else 0.07))):
            _speck(random, stray)
    if random.random() < 0.04:
        _streak(random, stray)
    if random.random() < 0.03:
        _blot(random, stray)
    return np.asarray(stray / np.float32(255), np.float32)


def _grid_line(random: Random, stray: npt.NDArray[np.uint8], line: Window) -> None:
    """Draw the remains of a grid line at one side of the cell, whole or in part."""
    height, width = stray.shape
    thick, tone = int(random.integers(1, 5)), int(random.integers(60, 256))
    off = float(random.uniform(0.25, 0.95)) * DIGIT_HEIGHT
    across = bool(random.random() < 0.5)
    after = bool(random.random() < 0.5)
    place = (
        (line.bottom + off if after else line.top - off) if across else (line.right + off if after else line.left - off)
    )
    extent = width if across else height
    start, end = (0, extent) if random.random() < 0.6 else sorted(random.integers(0, extent, 2).tolist())
    lean = int(random.integers(-2, 3))
    if across:
        cv2.line(stray, (start, round(place)), (end, round(place) + lean), tone, thick)
    else:
        cv2.line(stray, (round(place), start), (round(place) + lean, end), tone, thick)


def _long_stroke(random: Random, shape: tuple[int, ...]) -> Ink:
    """Return a piece of a grid line that was taken for a line of print: longer than any dash."""
    stray = np.zeros(shape, np.uint8)
    height, width = stray.shape
    y, lean = height / 2 + float(random.normal(0, 3)), float(random.normal(0, 0.03)) * width
    start, end = (0, width) if random.random() < 0.5 else (_MARGIN_PIXELS, width - _MARGIN_PIXELS)
    cv2.line(
        stray,
        (start, round(y - lean)),
        (end, round(y + lean)),
        int(random.integers(90, 256)),
        int(random.integers(1, 5)),
    )
    return np.asarray(stray / np.float32(255), np.float32)


def _seal(random: Random, stray: npt.NDArray[np.uint8]) -> None:
    """Draw an arc of a seal, or a piece of one of its characters."""
    height, width = stray.shape
    tone = int(random.integers(30, 170))
    kind = random.random()
    if kind < 0.3:
        _seal_characters(random, stray, tone)
    elif kind < 0.38:
        points = (random.uniform(-0.2, 1.2, (3, 2)) * (width, height)).round().astype(np.int32)
        cv2.fillPoly(stray, [points], tone)  # a ray of the star
    elif kind < 0.85:
        radius = float(random.uniform(2.5, 9) * DIGIT_HEIGHT)
        angle = float(random.uniform(0, 2 * np.pi))
        at = random.uniform(0, 1, 2) * (width, height)
        centre = (round(at[0] + radius * np.cos(angle)), round(at[1] + radius * np.sin(angle)))
        cv2.circle(stray, centre, round(radius), tone, int(random.integers(3, 14)), cv2.LINE_AA)
    else:
        for _ in range(int(random.integers(2, 5))):
            a, b = random.uniform(-0.2, 1.2, (2, 2)) * (width, height)
            cv2.line(stray, (round(a[0]), round(a[1])), (round(b[0]), round(b[1])), tone, int(random.integers(4, 10)))
    worn = random.random(stray.shape) < random.uniform(0, 0.5)
    stray[worn & (stray == tone)] = 0


def _seal_characters(random: Random, stray: npt.NDArray[np.uint8], tone: int) -> None:
    """Draw characters of a seal with thick strokes, at any angle."""
    height, width = stray.shape
    mask = _line(random, "".join(random.choice(list(_WORDS[:90]), 2)), True)
    if mask is None:
        return
    size = float(random.uniform(1.0, 2.4))
    turn = cv2.getRotationMatrix2D((mask.shape[1] / 2, mask.shape[0] / 2), float(random.uniform(0, 360)), size)
    to_x, to_y = random.uniform(0, 1, 2).tolist()
    turn[:, 2] += (to_x * width - mask.shape[1] / 2, to_y * height - mask.shape[0] / 2)
    laid = np.asarray(cv2.warpAffine(mask, turn, (width, height)), np.float32)
    if random.random() < 0.6:
        laid = np.asarray(cv2.dilate(laid, np.ones((3, 3), np.uint8)), np.float32)
    np.maximum(stray, (laid * tone).astype(np.uint8), out=stray)


def _pen(random: Random, stray: npt.NDArray[np.uint8]) -> None:
    """Draw a stroke through or beside the line."""
    height, width = stray.shape
    points = np.stack([np.linspace(-0.2, 1.2, 4) * width, random.uniform(-0.3, 1.3, 4) * height], 1)
    cv2.polylines(
        stray, [points.round().astype(np.int32)], False, int(random.integers(90, 256)), int(random.integers(1, 5))
    )


def _speck(random: Random, stray: npt.NDArray[np.uint8]) -> None:
    height, width = stray.shape
    centre = (int(random.integers(0, width)), int(random.integers(0, height)))
    axes = (int(random.integers(1, 4)), int(random.integers(1, 4)))
    cv2.ellipse(stray, centre, axes, float(random.uniform(0, 180)), 0, 360, int(random.integers(60, 256)), -1)


def _blot(random: Random, stray: npt.NDArray[np.uint8]) -> None:
    """Draw a spot of ink as large as a digit or half of one."""
    height, width = stray.shape
    centre = (int(random.integers(0, width)), int(random.integers(height // 4, 3 * height // 4)))
    axes = (int(random.integers(3, DIGIT_HEIGHT // 2)), int(random.integers(3, DIGIT_HEIGHT)))
    cv2.ellipse(stray, centre, axes, float(random.uniform(0, 180)), 0, 360, int(random.integers(140, 256)), -1)


def _streak(random: Random, stray: npt.NDArray[np.uint8]) -> None:
    """Draw a scanner's streak: a thin grey line through the whole cell."""
    height, width = stray.shape
    tone, thick = int(random.integers(20, 110)), int(random.integers(1, 4))
    if random.random() < 0.7:
        x = int(random.integers(0, width))
        cv2.line(stray, (x, 0), (x, height), tone, thick)
    else:
        y = int(random.integers(0, height))
        cv2.line(stray, (0, y), (width, y), tone, thick)


def _handwriting(random: Random, canvas: Ink, line: Window) -> Ink:
    """Return strokes of a pen that are no figure."""
    stray = np.zeros(canvas.shape, np.uint8)
    for _ in range(int(random.integers(2, 6))):
        middle = random.uniform((line.left, line.top), (line.right, line.bottom))
        points = middle + random.normal(0, DIGIT_HEIGHT * 0.6, (int(random.integers(4, 8)), 2)).cumsum(axis=0) * 0.5
        cv2.polylines(stray, [points.round().astype(np.int32)], False, 255, int(random.integers(2, 5)), cv2.LINE_AA)
    return np.asarray(stray / np.float32(255), np.float32)
