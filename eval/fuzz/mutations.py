"""Random damage to files: bits flipped, ends cut off, parts spliced in from others, numbers changed, parts repeated.

A mutation takes the bytes of a file, those of another and a random generator. Compressed content (the parts of a DOCX,
the streams of a PDF) is damaged inside too, so that the damage survives decompression.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random

Mutation = Callable[[bytes, bytes, Random], bytes]

_NUMBER = re.compile(rb"(?<![0-9])[0-9]{1,6}(?![0-9])")
_STREAM = re.compile(rb"/FlateDecode.{0,80}?stream\r?\n(.*?)endstream", re.DOTALL)
_HUGE = (b"0", b"-1", b"65536", b"2147483648", b"99999999999", b"1e308")
_TOKENS = (
    b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
    b"<!ENTITY % r SYSTEM 'http://127.0.0.1:9/x.dtd'>%r;",
    b"<w:tbl><w:tr><w:tc>" * 50,
    b"<table><tr><td colspan=99999 rowspan=99999>" * 20,
    b"/Kids [1 0 R 2 0 R 3 0 R]",
    b"/MediaBox [0 0 1e9 1e9]",
    b"/Filter [/FlateDecode /FlateDecode /LZWDecode]",
    b"<div style='display:none'>" * 300,
    b"\x00" * 64,
    b"\xff" * 64,
    "政府信息公开工作年度报告".encode("gbk"),
)


def flip_bits(data: bytes, _: bytes, draw: Random) -> bytes:
    """Return the data with 1 to 64 bits flipped."""
    damaged = bytearray(data)
    for _turn in range(2 ** draw.randrange(7)):
        damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
    return bytes(damaged)


def cut_off(data: bytes, _: bytes, draw: Random) -> bytes:
    """Return the start alone, or all but the start."""
    at = draw.randrange(1, len(data))
    return data[:at] if draw.random() < 0.8 else data[at:]


def splice(data: bytes, other: bytes, draw: Random) -> bytes:
    """Return the data with a part replaced by a part of another file."""
    start, at = draw.randrange(len(other)), draw.randrange(len(data))
    part = other[start : start + 2 ** draw.randrange(4, 15)]
    return data[:at] + part + data[at + draw.choice((0, len(part))) :]


def repeat(data: bytes, _: bytes, draw: Random) -> bytes:
    """Return the data with a part repeated many times."""
    at = draw.randrange(len(data))
    part = data[at : at + 2 ** draw.randrange(3, 12)]
    return data[:at] + part * draw.choice((2, 3, 50)) + data[at:]


def leave_out(data: bytes, _: bytes, draw: Random) -> bytes:
    """Return the data without a part."""
    at = draw.randrange(len(data))
    return data[:at] + data[at + 2 ** draw.randrange(1, 14) :] or b"\x00"


def blow_up(data: bytes, _: bytes, draw: Random) -> bytes:
    """Return the data with a written number, or four bytes that may be one, changed."""
    places = [m.span() for m in _NUMBER.finditer(data)]
    if places and draw.random() < 0.7:
        start, end = draw.choice(places)
        return data[:start] + draw.choice(_HUGE) + data[end:]
    at = draw.randrange(len(data))
    return data[:at] + draw.choice((b"\xff\xff\xff\x7f", b"\xff" * 4, bytes(4))) + data[at + 4 :]


def plant(data: bytes, _: bytes, draw: Random) -> bytes:
    """Return the data with a hostile token inserted somewhere."""
    at = draw.randrange(len(data))
    return data[:at] + draw.choice(_TOKENS) + data[at:]


MUTATIONS: tuple[Mutation, ...] = (flip_bits, cut_off, splice, repeat, leave_out, blow_up, plant)


def damaged(data: bytes, other: bytes, draw: Random) -> bytes:
    """Return the file with one to three mutations, inside its compressed content where it has such."""
    for _ in range(draw.choice((1, 1, 2, 3))):
        mutation = draw.choice(MUTATIONS)
        inside = draw.random() < 0.6
        data = (_damaged_within if inside else _damaged_as_it_is)(data, other, mutation, draw) or b"\x00"
    return data


def _damaged_as_it_is(data: bytes, other: bytes, mutation: Mutation, draw: Random) -> bytes:
    return mutation(data, other, draw)


def _damaged_within(data: bytes, other: bytes, mutation: Mutation, draw: Random) -> bytes:
    if data.startswith(b"PK"):
        return _damaged_part(data, other, mutation, draw)
    if b"%PDF-" in data[:1024]:
        return _damaged_stream(data, other, mutation, draw)
    return mutation(data, other, draw)


def _damaged_part(data: bytes, other: bytes, mutation: Mutation, draw: Random) -> bytes:
    """Return a zip file with one part damaged and compressed again."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return mutation(data, other, draw)
    filled = sorted(name for name, part in parts.items() if part)
    if not filled:
        return mutation(data, other, draw)
    main = "word/document.xml"
    name = main if main in filled and draw.random() < 0.6 else draw.choice(filled)
    parts[name] = mutation(parts[name], other, draw)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for part, content in parts.items():
            package.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED)  # not dated: equal whenever made
    return packed.getvalue()


def _damaged_stream(data: bytes, other: bytes, mutation: Mutation, draw: Random) -> bytes:
    """Return a PDF with one compressed stream damaged; its length and all later offsets are then wrong too."""
    streams = [m.span(1) for m in _STREAM.finditer(data)]
    if not streams:
        return mutation(data, other, draw)
    start, end = draw.choice(streams)
    try:
        content = zlib.decompressobj().decompress(data[start:end], 10_000_000)
    except zlib.error:
        return mutation(data, other, draw)
    return data[:start] + zlib.compress(mutation(content or b"\x00", other, draw)) + b"\n" + data[end:]
