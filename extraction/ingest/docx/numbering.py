"""Styles and automatic numbers of a DOCX: the number that prints before a paragraph, and which text is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from extraction.ingest.docx.xml import attribute, child_value, find_child, local_name, switch, whole_number
from extraction.ingest.flow import trim
from extraction.ingest.list_numbers import format_number


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str
    numbering: str | None
    level: int | None
    hidden: bool | None


class Styles:
    """What styles.xml says of numbering and hidden text."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self._default = ""
        for style in root if root is not None else ():
            if local_name(style) != "style":
                continue
            number = find_child(style, "pPr", "numPr")
            level = child_value(number, "ilvl")
            name = attribute(style, "styleId")
            self._styles[name] = _Style(
                based_on=child_value(style, "basedOn") or "",
                numbering=child_value(number, "numId"),
                level=None if level is None else whole_number(level, 0),
                hidden=switch(find_child(style, "rPr"), "vanish"),
            )
            if attribute(style, "type") == "paragraph" and attribute(style, "default") in {"1", "true", "on"}:
                self._default = name

    def chain(self, name: str | None) -> Iterator[tuple[str, _Style]]:
        """The named style and those it is based on, with their names, nearest first."""
        seen: set[str] = set()
        while name and name in self._styles and name not in seen:
            seen.add(name)
            yield name, self._styles[name]
            name = self._styles[name].based_on

    def paragraph(self, properties: etree._Element | None) -> str:
        """The name of the style of a paragraph with these properties."""
        return child_value(properties, "pStyle") or self._default

    def hides(self, run: etree._Element | None, paragraph_style: str) -> bool:
        """Whether a run is hidden by its properties, its style or its paragraph's style."""
        direct = switch(run, "vanish")
        if direct is not None:
            return direct
        for start in (child_value(run, "rStyle"), paragraph_style):
            for _, style in self.chain(start):
                if style.hidden is not None:
                    return style.hidden
        return False


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str
    suffix: str
    style: str
    restart: int | None
    legal: bool


@dataclass(slots=True)
class _List:
    """A w:num: the abstract list it uses, with the starts and levels that it overrides."""

    abstract: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, _Level] = field(default_factory=dict)


class Numbering:
    """numbering.xml with the counters of its lists: to be asked once for each paragraph, in order."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        linked: dict[str, str] = {}
        links: dict[str, str] = {}
        for element in root if root is not None else ():
            if local_name(element) == "abstractNum":
                name = attribute(element, "abstractNumId")
                self._abstract[name] = _levels(element)
                linked[child_value(element, "styleLink") or ""] = name
                links[name] = child_value(element, "numStyleLink") or ""
            elif local_name(element) == "num":
                self._lists[attribute(element, "numId")] = _list(element)
        for name, style in links.items():
            if style and style in linked:  # an empty list refers to the one that its style defines
                self._abstract[name] = self._abstract[linked[style]]

    def of(self, properties: etree._Element | None) -> str:
        """Count a paragraph with these properties; the number printed before it, "" for none."""
        found = self._place(properties)
        if found is None:
            return ""
        name, depth = found
        numbered = self._lists[name]
        levels = self._abstract.get(numbered.abstract, {}) | numbered.levels
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(numbered.abstract, {})
        if depth in numbered.starts and (name, depth) not in self._started:
            counts[depth] = numbered.starts[depth]
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        self._started.add((name, depth))
        for deeper in [d for d in counts if d > depth]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or depth < restart:
                del counts[deeper]
        return _printed_number(level, levels, counts)

    def _place(self, properties: etree._Element | None) -> tuple[str, int] | None:
        """The list and the level of a paragraph, by its own properties, else by its styles."""
        own = find_child(properties, "numPr")
        name, given = child_value(own, "numId"), child_value(own, "ilvl")
        depth = None if given is None else whole_number(given, 0)
        if name is None:
            for style_name, style in self._styles.chain(self._styles.paragraph(properties)):
                if style.numbering is not None:
                    name = style.numbering
                    if depth is None:
                        depth = self._level_of_style(name, style_name)
                    if depth is None:
                        depth = style.level
                    break
        return (name, depth or 0) if name in self._lists else None

    def _level_of_style(self, name: str, style: str) -> int | None:
        if name not in self._lists:
            return None
        levels = self._abstract.get(self._lists[name].abstract, {})
        return next((depth for depth, level in levels.items() if level.style == style), None)


def _levels(parent: etree._Element) -> dict[int, _Level]:
    return {whole_number(attribute(e, "ilvl"), 0): _level(e) for e in parent if local_name(e) == "lvl"}


def _level(element: etree._Element) -> _Level:
    restart = child_value(element, "lvlRestart")
    formats = [attribute(e, "val") for e in element.iter() if local_name(e) == "numFmt"]
    return _Level(
        start=whole_number(child_value(element, "start"), 0 if find_child(element, "start") is None else 1),
        format=next((f for f in formats if f != "custom"), "decimal"),
        text=child_value(element, "lvlText") or "",
        suffix=child_value(element, "suff") or "tab",
        style=child_value(element, "pStyle") or "",
        restart=None if restart is None else whole_number(restart, 0),
        legal=bool(switch(element, "isLgl")),
    )


def _list(element: etree._Element) -> _List:
    made = _List(child_value(element, "abstractNumId") or "")
    for override in element:
        if local_name(override) == "lvlOverride":
            depth = whole_number(attribute(override, "ilvl"), 0)
            start = child_value(override, "startOverride")
            if start is not None:
                made.starts[depth] = whole_number(start, 1)
            for level in _levels(override).values():
                made.levels[depth] = level
    return made


def _printed_number(level: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> str:
    if level.format == "bullet":
        return ""

    def figure(match: re.Match[str]) -> str:
        depth = int(match[1]) - 1
        other = levels.get(depth)
        if other is None:
            return ""
        return format_number(counts.get(depth, other.start), "decimal" if level.legal else other.format)

    text = re.sub(r"%([1-9])", figure, level.text)
    if not text or level.suffix == "nothing":
        return text
    # The tab after 一、 is mere distance; after a digit it keeps "1" and "5件" from reading as "15件".
    return text if level.suffix == "tab" and trim(text)[-1:] in "、。．，）〕】》：" else text + " "
