"""Check that the text layer of a rendered report has, at every place, the text to be printed there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from extraction.forms.printed_form import FormTable
from training.synthetic.content.draft import Draft, Key, Paragraph, Rendered
from training.synthetic.render.textlayer import TextLayer, plain


class Unsound(RuntimeError):
    """An engine printed something else than the draft: text lost, or over other text."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A place that differs from the draft."""

    key: Key
    what: str


def items(draft: Draft) -> Iterator[tuple[Key, str]]:
    """Yield every run and cell with its text."""
    for number, part in enumerate(draft.parts):
        texts = [r.text for r in part.runs] if isinstance(part, Paragraph) else [c.text for _, _, c in part.placed()]
        yield from ((Key(number, item), text) for item, text in enumerate(texts))


def text_faults(draft: Draft, rendered: Rendered) -> list[Fault]:
    """Return runs and cells whose text layer differs, or that are nowhere."""
    layer = TextLayer(rendered.pdf)
    faults = []
    for key, text in items(draft):
        places = rendered.places.get(key, ())
        read = layer.at(places)
        if read != plain(text):
            faults.append(Fault(key, f"{text!r} reads {read[:60]!r}"))
        elif not places and (plain(text) or isinstance(draft.parts[key.part], FormTable)):
            faults.append(Fault(key, f"{text!r} has no place"))
    return faults


def sound(draft: Draft, rendered: Rendered) -> Rendered:
    """Return the same. Raises Unsound where the text layer differs."""
    if faults := text_faults(draft, rendered):
        raise Unsound(f"{draft.id}: {len(faults)} places are not as drafted, first {faults[0].key}: {faults[0].what}")
    return rendered


ATTEMPTS = 3


def ways(draft: Draft) -> tuple[tuple[Draft, bool], ...]:
    """Return settings for third-party engines, each with whether rows are kept whole, the preferred one first.

    Half of the drafts let their rows break over pages, as converters do. Where the engine then loses a text, rows are
    kept whole, and if that fails, every table is put on a page of its own, where breaks fall elsewhere.
    """
    tabled = tuple(part.section for part in draft.parts if isinstance(part, FormTable))
    spread = replace(draft, look=replace(draft.look, break_before=(*draft.look.break_before, *tabled)))
    return (draft, draft.seed % 2 == 1), (draft, True), (spread, True)
