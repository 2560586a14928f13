"""Running text: sentences of a split, with narrative figures that agree with the tables or not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from extraction.document import NarrativeFigure
from extraction.forms.catalogue import narrative_forms
from training.synthetic.content.agencies import Agency
from training.synthetic.content.draft import Paragraph, Run, Style
from training.synthetic.content.figures import Values
from training.synthetic.content.sentences import SUB_HEADINGS, WORDS, of_split

_SLOT = re.compile(r"\{(#?)(\w+)(?:\|([^}]*))?\}")
_NUMERALS = "一二三四五六七八九十"
_HALF_WIDTH = str.maketrans("，（）；：", ",();:")


@dataclass(slots=True)
class Writer:
    """Writes one report's text and records the narrative figures in it.

    `counts` is the text's value of each name; `unnamed` is which of organization and year no title names, so that they
    are labelled where the text names them first.
    """

    rng: Random
    split: str
    agency: Agency
    organization: str
    year: int
    on: Collection[str]
    counts: Mapping[str, Decimal]
    unnamed: set[str] = field(default_factory=set)
    said: list[tuple[str, Decimal, str]] = field(default_factory=list)

    def paragraph(self, *topics: str, lead: str = "", style: Style = "text") -> Paragraph:
        """Return a paragraph with a sentence of each topic; a topic may come more than once."""
        sentences: list[str] = []
        for topic in topics:
            stock = [s for s in of_split(topic, self.split) if s not in sentences and self._is_new(s, sentences)]
            if stock:
                sentences.append(self.rng.choice(stock))
        runs = tuple(self._merged([Run(lead), *(run for s in sentences for run in self._runs(s))]))
        paragraph = Paragraph(runs, style)
        self._remember(paragraph)
        return paragraph

    def _is_new(self, sentence: str, before: list[str]) -> bool:
        """Whether none of its narrative figures is in the text yet: each comes once."""
        names = {m[2] for m in _SLOT.finditer(sentence) if m[1]}
        return not names & (
            {name for name, _, _ in self.said} | {m[2] for s in before for m in _SLOT.finditer(s) if m[1]}
        )

    def _runs(self, sentence: str) -> Iterator[Run]:
        end = 0
        for slot in _SLOT.finditer(sentence):
            yield Run(sentence[end : slot.start()])
            yield self._named(slot[2], slot[3]) if slot[1] else self._word(slot[2])
            end = slot.end()
        yield Run(sentence[end:])

    def _word(self, name: str) -> Run:
        if name in ("organization", "year"):
            label = name if name in self.unnamed else ""
            self.unnamed.discard(name)
            return Run(self.organization if name == "organization" else str(self.year), label)
        if name == "last_year":
            return Run(str(self.year - 1))
        if name == "we":
            return Run(self.agency.we)
        if name == "matter":
            return Run(self.rng.choice(self.agency.domain.matters))
        if name in WORDS:
            return Run(self.rng.choice(WORDS[name][self.split]))
        return Run(str(self.rng.randint(2, 48)))

    def _named(self, name: str, words: str | None) -> Run:
        value = self.counts[name]
        if words is not None:
            return Run(words, f"narrative.{name}")
        rounded = "narrative_rounded" in self.on and value >= 20 and value % 10 == 0
        return Run(f"{value}余" if rounded else str(value), f"narrative.{name}")

    def _merged(self, runs: list[Run]) -> Iterator[Run]:
        """Merge unlabelled neighbours, without empty runs, with the report's commas and brackets."""
        text = ""
        for run in runs:
            printed = run.text.translate(_HALF_WIDTH) if "half_width_text" in self.on else run.text
            if run.label:
                if text:
                    yield Run(text)
                text = ""
                yield Run(printed, run.label)
            else:
                text += printed
        if text:
            yield Run(text)

    def _remember(self, paragraph: Paragraph) -> None:
        start = 0
        for run in paragraph.runs:
            name = run.label.removeprefix("narrative.")
            if name != run.label:
                self.said.append((name, self.counts[name], _clause(paragraph.text, start)))
            start += len(run.text)

    def figures(self, printed: Mapping[str, Decimal | None]) -> tuple[NarrativeFigure, ...]:
        """Return the narrative figures, compared with the printed tables."""
        fields = {form.id: form.fields for form in narrative_forms()}
        return tuple(
            NarrativeFigure(name, value, text, agrees=agreement(value, fields[name], printed))
            for name, value, text in self.said
        )


def agreement(value: Decimal, fields: Collection[str], printed: Mapping[str, Decimal | None]) -> bool | None:
    """Whether the printed ones of the fields sum to the value; None where there are none, or one is blank."""
    known = [printed[i] for i in fields if i in printed]
    if not known or any(v is None for v in known):
        return None
    return sum(v for v in known if v is not None) == value


def _clause(text: str, at: int) -> str:
    """Return the part of the sentence around a position."""
    start = max(text.rfind(mark, 0, at) for mark in "，。；,;：:") + 1
    ends = [k for mark in "，。；,;" if (k := text.find(mark, at)) >= 0]
    return text[start : min(ends, default=len(text))]


def draw_counts(rng: Random, values: Values, on: Collection[str]) -> dict[str, Decimal]:
    """Return the text's value of each name: that of the tables, or something near it."""
    items = int(10 ** rng.triangular(0.8, 4.2, 2.2))
    website, wechat = items * rng.randint(30, 90) // 100, items * rng.randint(5, 60) // 100
    free = {
        "published_items": items,
        "published_website": website,
        "published_wechat": wechat,
        "published_weibo": wechat // 2,
        "interpretations": rng.randint(0, 40),
    }
    counts = {name: Decimal(count // 10 * 10 if "narrative_rounded" in on else count) for name, count in free.items()}
    counts["fees"] = Decimal(rng.choice((0, 0, 0, 35, 120, 860, 1240))) + rng.choice((Decimal(0), Decimal("0.5")))
    counts["fees"] = counts["fees"] if counts["fees"] >= 1 else Decimal(0)
    differing = []
    for form in narrative_forms():
        if form.fields:
            counts[form.id] = sum((values[i] for i in form.fields if i in values), Decimal(0))
            differing.append(form.id)
    if "narrative_differs" in on:
        for name in ("received_requests", *rng.sample(differing, 3)):
            counts[name] += rng.choice((1, 1, 2, 7, 12))
    return counts


def overview(writer: Writer) -> list[Paragraph]:
    """Return the first section: a general part, then published, requests, management, platform and supervision."""
    asked = "received" if writer.counts["received_requests"] else "received_none"
    rng = writer.rng
    wordy = rng.choice((0, 1, 1, 2, 3))
    topics = (
        ("published", "channels", *_some(rng, wordy, "work"), "interpretations"),
        (asked, "handling", *_some(rng, wordy, "handling")),
        ("management", *_some(rng, wordy, "management", "work")),
        ("platform", "platform", *_some(rng, wordy, "work")),
        ("supervision", *_some(rng, wordy, "supervision")),
    )
    opening = ("other_year",) if "other_year" in writer.on else ()
    paragraphs = [writer.paragraph(*opening, "overview", *_some(rng, wordy + 1, "overview", "work"))]
    if "sub_headings" not in writer.on:
        return paragraphs + [writer.paragraph(*t) for t in topics if rng.random() < 0.85 or t[0] == asked]
    apart = rng.random() < 0.5
    for number, (topic, title) in enumerate(zip(topics, SUB_HEADINGS[writer.split], strict=True)):
        mark = f"（{number + 1}）" if "sub_headings_arabic" in writer.on else f"（{_NUMERALS[number]}）"
        if apart:
            paragraphs.append(writer.paragraph(lead=mark + title))
        paragraphs.append(writer.paragraph(*topic, lead="" if apart else f"{mark}{title}。"))
    return paragraphs


def _some(rng: Random, most: int, *topics: str) -> list[str]:
    """Return up to `most` of the topics, in random order."""
    return rng.choices(topics, k=rng.randint(0, most))


def problems(writer: Writer) -> list[Paragraph]:
    """Return the fifth section: shortcomings and plans."""
    rng = writer.rng
    return [
        writer.paragraph(*["problems"] * rng.randint(1, 3)),
        writer.paragraph(*["improvements"] * rng.randint(1, 3), *_some(rng, 1, "work")),
    ]


def other(writer: Writer) -> list[Paragraph]:
    """Return the sixth section: fees and other matters."""
    rng = writer.rng
    if rng.random() < 0.35:
        return [writer.paragraph("other_none")]
    fees = "fees" if writer.counts["fees"] else "fees_none"
    return [writer.paragraph(fees, *["other"] * rng.randint(0, 2))]
