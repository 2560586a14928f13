"""Degradation of rendered pages: ink and paper, laid on sheets, then light and sensor; an image-only PDF with mapped
places."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from annotations.zones import Zone, ZoneKind, corners_of
from extraction.geometry import Box, union
from training.pdf import picture_pdf
from training.synthetic.content.draft import Key, Place, Rendered
from training.synthetic.scan import augmented, glass, ink, paper
from training.synthetic.scan.levels import Degradation, draw
from training.synthetic.scan.picture import Effect, Picture, Scene, changed
from training.synthetic.scan.warp import Warp, laid, moved, scaled, turned

_INK, _PAPER, _GLASS = "ink", "paper", "glass"

EFFECTS: Mapping[str, tuple[str, Effect]] = {
    **{f.__name__: (_INK, f) for f in (ink.swell, ink.wear, ink.broken_rules, ink.drop_out, ink.fade, ink.recopy)},
    **{name: (_INK, augmented.effect(name)) for name in augmented.NAMES[:5]},
    **{f.__name__: (_PAPER, f) for f in (paper.bleed_through, paper.tint, paper.damp)},
    **{name: (_PAPER, augmented.effect(name)) for name in augmented.NAMES[5:7]},
    **{f.__name__: (_PAPER, f) for f in (paper.seal, paper.oblong_seal, paper.pen, paper.marker, paper.holes)},
    **{f.__name__: (_GLASS, f) for f in (glass.shade, glass.slope, glass.cast, glass.spine, glass.halftone)},
    **{name: (_GLASS, augmented.effect(name)) for name in augmented.NAMES[7:11]},
    **{f.__name__: (_GLASS, f) for f in (glass.blur, glass.smear, glass.speckle, glass.streaks)},
    **{name: (_GLASS, augmented.effect(name)) for name in augmented.NAMES[11:]},
    **{f.__name__: (_GLASS, f) for f in (glass.noise, glass.shot_noise, glass.banding, glass.pepper, glass.fax_lines)},
}
"""Every effect by name, with its stage, in the order of application. A name seeds its effect's generator: renaming
changes the data."""

SEALS = (paper.seal.__name__, paper.oblong_seal.__name__)
"""The effects whose places become zones."""


def degrade(rendered: Rendered, level: str, split: str, seed: int) -> Rendered:
    """Return a digital PDF as a machine of this level degrades it; equal arguments give equal results.

    Places are boxes on the new pages: the smallest upright ones around the mapped boxes. Level `digital` changes
    nothing. Raises ValueError for an unknown level or split, or a place on a page that does not exist.
    """
    degradation = draw(level, split, seed)
    if degradation is None:
        return rendered
    return scanned(rendered, degradation, zlib.crc32(f"{level} {split} {seed}".encode()))


def scanned(rendered: Rendered, degradation: Degradation, seed: int) -> Rendered:
    """Return the report degraded with these parameters."""
    pages = _drawn(rendered.pdf, degradation)
    boxes = _boxes_of(rendered, len(pages))
    shots = [_leaf(pages, k, boxes[k + 1], degradation, np.random.default_rng([seed, k])) for k in range(len(pages))]
    sheets: list[Image.Image] = []
    warps: dict[int, tuple[int, Warp]] = {}
    stamps = [Zone(ZoneKind.STAMP, k, corners_of(box)) for k, (*_, found) in enumerate(shots, 1) for box in found]
    together = 2 if degradation.two_up else 1
    for number, first in enumerate(range(0, len(shots), together), 1):
        sheet, maps = _sheet(shots[first : first + together], degradation, np.random.default_rng([seed, 1000 + first]))
        sheets.append(sheet)
        warps |= {first + k + 1: (number, warp) for k, warp in enumerate(maps)}
    return Rendered(
        picture_pdf(sheets, degradation.dpi, degradation.quality),
        _mapped(rendered.places, warps, sheets, degradation.dpi),
        tuple(_mapped_zone(zone, warps, sheets, degradation.dpi) for zone in (*rendered.zones, *stamps)),
    )


Leaf = tuple[Picture, Warp, list[Box]]
"""A degraded page, its map to the sheet, and the boxes of its stamps."""


def _drawn(pdf: bytes, degradation: Degradation) -> list[tuple[Picture, tuple[float, float]]]:
    """Return each page as a picture, with its size in points."""
    dpi = degradation.dpi * (degradation.two_up or 1)
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for page in document:
            coloured = degradation.mode == "colour"
            bitmap = page.render(scale=dpi / 72, grayscale=not coloured, rev_byteorder=True).to_numpy()
            picture = bitmap[..., :3] if coloured else bitmap.reshape(*bitmap.shape[:2], -1)[..., 0]
            pages.append((picture.astype(np.float32), page.get_size()))
        return pages
    finally:
        document.close()


def _boxes_of(rendered: Rendered, pages: int) -> Mapping[int, list[Box]]:
    boxes: dict[int, list[Box]] = defaultdict(list)
    for place in (place for places in rendered.places.values() for place in places):
        if not 1 <= place.page <= pages:
            raise ValueError(f"a place on page {place.page} of {pages}")
        boxes[place.page].append(place.box)
    return boxes


def _leaf(
    pages: list[tuple[Picture, tuple[float, float]]],
    index: int,
    boxes: list[Box],
    degradation: Degradation,
    random: np.random.Generator,
) -> Leaf:
    """Return one page with its ink and paper degraded, and its map; its pixels are the page's, not yet the sheet's."""
    picture, size = pages[index]
    behind = pages[index + 1][0] if index + 1 < len(pages) else pages[index - 1][0] if index else None
    content = _content(picture, size, boxes)
    pixels = np.array([picture.shape[1] / size[0], picture.shape[0] / size[1]] * 2)
    scene = Scene(round(float(pixels[0]) * 72), np.array(boxes).reshape(-1, 4) * pixels, behind, degradation.surround)
    stamps: list[Box] = []
    degraded = _after(picture.copy(), degradation, scene, random, (_INK, _PAPER), stamps)
    warp = laid(
        size,
        content,
        degrees=float(random.uniform(-1, 1)) * degradation.skew,
        zoom=1 - degradation.edge / 300,
        shift=(
            float(random.uniform(-1, 1)) * abs(degradation.edge),
            float(random.uniform(-1, 1)) * abs(degradation.edge),
        ),
        tilt=random.uniform(0, 1, (4, 2)) * degradation.tilt * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]),
        curve=degradation.curve,
        depth=degradation.curl * float(random.choice([-1, 1])),
    )
    return degraded, warp, stamps


def _content(picture: Picture, size: tuple[float, float], boxes: list[Box]) -> Box:
    """Return the box that must stay on the sheet: all ink and all places."""
    dark = picture if picture.ndim == 2 else picture.min(axis=2)
    rows, columns = (np.flatnonzero((dark < 200).any(axis=axis)) for axis in (1, 0))
    inside = [Box(max(0, b.left), max(0, b.top), min(size[0], b.right), min(size[1], b.bottom)) for b in boxes]
    if len(rows):
        x, y = size[0] / picture.shape[1], size[1] / picture.shape[0]
        inside.append(Box(columns[0] * x, rows[0] * y, (columns[-1] + 1) * x, (rows[-1] + 1) * y))
    return union(inside) if inside else Box(size[0] / 3, size[1] / 3, size[0] / 1.5, size[1] / 1.5)


def _sheet(leaves: list[Leaf], degradation: Degradation, random: np.random.Generator) -> tuple[Image.Image, list[Warp]]:
    """Return the leaves side by side under the glass, and the map of each page to the finished picture."""
    point = 72 / degradation.dpi
    parts, warps, offset = [], [], 0
    for picture, warp, _ in leaves:
        scale = degradation.two_up or 1.0
        shape = round(warp.size[1] * scale / point), round(warp.size[0] * scale / point)
        placed = warp.then(scaled(scale, scale))
        parts.append(_laid_out(picture, placed, shape, degradation))
        warps.append(placed.then(moved(offset * point, 0)))
        offset += shape[1]
    if degradation.two_up and len(parts) == 1:
        parts.append(np.full_like(parts[0], 252))
    tallest = max(part.shape[0] for part in parts)
    sheet = np.concatenate([_to_height(part, tallest, degradation.surround) for part in parts], axis=1)
    size = sheet.shape[1] * point, sheet.shape[0] * point
    warps = [warp.then(turned(degradation.turn, size)) for warp in warps]
    sheet = np.ascontiguousarray(np.rot90(sheet, degradation.turn))
    scene = Scene(degradation.dpi, np.zeros((0, 4)), None, degradation.surround)
    sheet = _after(sheet, degradation, scene, random, (_GLASS,))
    return _image(np.clip(sheet, 0, 255).astype(np.uint8), degradation), warps


def _laid_out(picture: Picture, warp: Warp, shape: tuple[int, int], degradation: Degradation) -> Picture:
    """Return the page as it lies on a sheet of this height and width in pixels."""
    per_point = np.array([picture.shape[1] / warp.size[0], picture.shape[0] / warp.size[1]], np.float32)
    sources = warp.sources(shape, degradation.dpi) * per_point - np.float32(0.5)
    around = (degradation.surround,) * 3
    return np.asarray(
        cv2.remap(picture, sources[..., 0], sources[..., 1], cv2.INTER_CUBIC, None, cv2.BORDER_CONSTANT, around),
        np.float32,
    )


def _to_height(part: Picture, height: int, tone: float) -> Picture:
    missing = height - part.shape[0]
    return part if not missing else np.pad(part, [(0, missing), *[(0, 0)] * (part.ndim - 1)], constant_values=tone)


def _after(
    picture: Picture,
    degradation: Degradation,
    scene: Scene,
    random: np.random.Generator,
    stages: Iterable[str],
    stamps: list[Box] | None = None,
) -> Picture:
    """Apply all effects of these stages; each has its own generator, so that one more changes no other.

    Where seals were drawn is added to `stamps`.
    """
    for name, (stage, effect) in EFFECTS.items():
        own = np.random.default_rng([int(random.integers(2**32)), zlib.crc32(name.encode())])
        if stage in stages and (strength := degradation.effects.get(name, 0.0)) > 0:
            before = picture.copy() if stamps is not None and name in SEALS else None
            picture = np.asarray(effect(picture, strength, scene, own), np.float32)
            if stamps is not None and before is not None:
                stamps += changed(before, picture, scene.dpi)
    return picture


def _image(sheet: np.typing.NDArray[np.uint8], degradation: Degradation) -> Image.Image:
    if degradation.mode != "bilevel":
        return Image.fromarray(sheet)
    if degradation.threshold == "local":
        block = round(degradation.dpi / 5) | 1
        black = cv2.adaptiveThreshold(sheet, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, block, 22)
        solid = np.where(sheet < 90, 0, np.asarray(black)).astype(np.uint8)  # else a large dark area is only an outline
        return Image.fromarray(solid).convert("1", dither=Image.Dither.NONE)
    if degradation.threshold == "dither":
        pattern = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) * 6.0 + 90
        tiles = [-(-side // 4) for side in sheet.shape]
        black = np.where(sheet > np.tile(pattern, tiles)[: sheet.shape[0], : sheet.shape[1]], 255, 0).astype(np.uint8)
        return Image.fromarray(black).convert("1", dither=Image.Dither.NONE)
    return Image.fromarray(np.where(sheet > 150, 255, 0).astype(np.uint8)).convert("1", dither=Image.Dither.NONE)


def _mapped_zone(zone: Zone, warps: Mapping[int, tuple[int, Warp]], sheets: list[Image.Image], dpi: int) -> Zone:
    number, warp = warps[zone.page]
    sheet = sheets[number - 1]
    corners = warp.forward(np.array(zone.corners, np.float64)).clip(
        0, [sheet.width * 72 / dpi, sheet.height * 72 / dpi]
    )
    return Zone(zone.kind, number, tuple((float(x), float(y)) for x, y in corners))


def _mapped(
    places: Mapping[Key, tuple[Place, ...]], warps: Mapping[int, tuple[int, Warp]], sheets: list[Image.Image], dpi: int
) -> dict[Key, tuple[Place, ...]]:
    def moved_place(place: Place) -> Place:
        number, warp = warps[place.page]
        box, point = warp.box(place.box), 72 / dpi
        width, height = sheets[number - 1].width * point, sheets[number - 1].height * point
        return Place(number, Box(max(0.0, box.left), max(0.0, box.top), min(width, box.right), min(height, box.bottom)))

    return {key: tuple(moved_place(place) for place in found) for key, found in places.items()}
