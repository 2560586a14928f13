"""docs/settings.md, made from the declarations of the settings.

python -m service.settings_page > docs/settings.md
"""

from __future__ import annotations

import json
import sys
from typing import get_args

from msgspec import Meta
from msgspec.structs import FieldInfo, fields

from extraction.settings import Section, Settings
from service.settings import ServiceSettings

_INTRODUCTION = """# Settings

Made by `python -m service.settings_page > docs/settings.md` from the declarations in `extraction/settings.py` and
`service/settings.py`.

`gouji convert --settings FILE.toml` and `gouji serve --settings FILE.toml` change what is below. Everything has a
default, and a file need name only what it changes. An unknown section or key, and a value of another type or outside
its range, stop the run with exit code 2 and are named.

A second run over the same OUT makes reports again that were made with other settings, weights or another version of
Gouji (`run.json` there says which); `[bulk]` changes no report.

```toml
# A slow archive of large colour scans.
[ingest]
max_bytes = 400_000_000
max_pages = 600
max_page_pixels = 120_000_000

[decision]
alone = 0.99       # more for review, less on trust
```
"""

_SERVICE = """
Read by `gouji serve` and the commands beside it. Each key is also an environment variable, which wins: `GOUJI_PORT` is
`port`; the parts of a list stand between commas. What they are for: [service.md](service.md).
"""


def settings_page() -> str:
    """docs/settings.md in Markdown: a heading and a table for each section of a settings file."""
    stages = [_section(section.name, section.type) for section in fields(Settings)]
    return "".join([_INTRODUCTION, *stages, _section("service", ServiceSettings, _SERVICE)])


def _section(name: str, kind: type[Section], more: str = "") -> str:
    rows = [_row(field) for field in fields(kind)]
    head = ["| Key | Default | Range | Unit | Meaning |", "| --- | --- | --- | --- | --- |"]
    return f"\n## [{name}]\n\n{kind.__doc__}\n{more}\n" + "\n".join(head + rows) + "\n"


def _row(field: FieldInfo) -> str:
    kind, meta = get_args(field.type)
    cells = (f"`{field.name}`", _default(field.default), _range(kind, meta), meta.extra["unit"], meta.description)
    return f"| {' | '.join(cells)} |"


def _default(value: object) -> str:
    return "empty" if value in ("", ()) else value if isinstance(value, str) else _number(value)


def _range(kind: object, meta: Meta) -> str:
    if kind is bool:
        return "true, false"
    if kind not in (int, float):
        return "text" if kind is str else "list of texts"
    return f"from {meta.ge}" if meta.le is None else f"{meta.ge} to {_number(meta.le)}"


def _number(value: object) -> str:
    """As a settings file has it, with thousands parted from five digits on."""
    return f"{value:_}" if isinstance(value, int) and value >= 10_000 else json.dumps(value)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(settings_page())
