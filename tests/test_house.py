"""The house's contract, over the real imports: rooms know only rooms below them, and stay small.

What a rule rightly does not hold for is listed with its reason. The lists are exact: a new offence fails, and so does
an entry that is no longer one.
"""

from __future__ import annotations

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("models", "extraction", "gouji", "annotations", "eval", "training", "service")

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in """
    models
    extraction.messages extraction.doubts extraction.geometry
    extraction.errors extraction.document extraction.figures
    extraction.settings extraction.span_lines models.gate
    extraction.stages
    extraction.forms
    extraction.ingest extraction.preprocess
    extraction.tables
    extraction.cells
    extraction.layout
    extraction.text
    extraction.labelling
    extraction.reconcile
    extraction.contents
    extraction.pipeline
    extraction.output
    extraction.exports extraction.archive
    extraction.bulk
    extraction
    gouji
    extraction.arguments
    extraction.cli
    extraction.__main__
    annotations
    training
    eval
    service
    """.strip().splitlines()
)
"""The rooms, lowest first: each imports rooms of lines above its own, and none of its own line.

`extraction.cli` names the commands of higher packages as strings, and loads the one that is called.
"""

MAX_MODULE_LINES, MAX_FOLDER_MODULES, MAX_UNTESTED_LINES = 400, 15, 100

NO_TEST_OF_ITS_OWN = {
    "service.store.migrations.versions.0001_first_tables",  # tests/service/store/test_tables.py compares what it makes
}
"""Modules whose test is rightly another's."""

HIDDEN_STATE = {
    # The process is set up here, before what reads it is loaded: no function takes anything from it.
    "extraction os.environ": "threads of the linear algebra library, read once when numpy is loaded",
    "extraction.bulk.worker os.environ": "threads of libraries in a worker process",
    "extraction.bulk.ray_engine os.environ": "Ray reads its settings there",
    "extraction.cli os.environ": "the folder of weights, for worker processes too",
}
"""Modules of `extraction` with state that is not passed in, each with the reason why it stays."""


@cache
def modules() -> dict[str, Path]:
    """Every module of the packages by its dotted name."""
    found = {}
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            parts = file.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


@cache
def imports(module: str) -> frozenset[str]:
    """Modules of the house that it imports, those inside functions too."""
    named = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            named |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import, line {node.lineno}"
            whole = {f"{node.module}.{name.name}" for name in node.names}
            named |= {name if name in modules() else str(node.module) for name in whole}
    return frozenset(name for name in named - {module} if name in modules())


def room(module: str) -> str:
    """The most particular room that it lies in."""
    rooms = set().union(*LAYERS)
    parts = module.split(".")
    if parts[0] == "extraction":
        return ".".join(parts[:2])
    names = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return next((name for name in names if name in rooms), module)


def floor(module: str) -> int:
    return next(height for height, rooms in enumerate(LAYERS) if room(module) in rooms)


def size(module: str) -> int:
    return len(modules()[module].read_text(encoding="utf-8").splitlines())


def test_every_module_lies_in_a_room_of_the_contract() -> None:
    rooms = set().union(*LAYERS)
    assert len(rooms) == sum(len(layer) for layer in LAYERS), "a room stands in two layers"
    assert {room(module) for module in modules()} - rooms == set()


def test_no_import_points_upward_or_sideways() -> None:
    upward = {
        f"{module} -> {other}"
        for module in modules()
        for other in imports(module)
        if room(other) != room(module) and floor(other) >= floor(module)
    }
    assert upward == set()


def test_no_cycle_of_modules() -> None:
    try:
        TopologicalSorter({module: imports(module) for module in modules()}).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("top", ["service", "gouji"])
def test_nothing_imports_what_stands_on_top(top: str) -> None:
    importing = {
        f"{module} -> {other}"
        for module in modules()
        for other in imports(module)
        if other.split(".")[0] == top != module.split(".")[0]
    }
    assert importing == set()


def test_modules_and_folders_of_extraction_stay_small() -> None:
    inside = [module for module in modules() if module.split(".")[0] == "extraction"]
    assert {module for module in inside if size(module) > MAX_MODULE_LINES} == set()
    folders = {module for module in inside if modules()[module].name == "__init__.py"}
    crowded = {
        folder: held
        for folder in folders
        if (held := sum(f.suffix == ".py" for f in modules()[folder].parent.iterdir()) - 1) > MAX_FOLDER_MODULES
    }
    assert crowded == {}


def test_long_modules_have_a_test_file_of_their_name() -> None:
    def has_test(file: Path) -> bool:
        return (ROOT / "tests" / file.parent.relative_to(ROOT) / f"test_{file.name}").exists()

    untested = {
        module
        for module, file in modules().items()
        if module.split(".")[0] in ("extraction", "service", "models")
        and file.name != "__init__.py"
        and size(module) > MAX_UNTESTED_LINES
        and not has_test(file)
    }
    assert untested == NO_TEST_OF_ITS_OWN


def test_everything_a_function_needs_is_passed_in() -> None:
    found = {
        f"{module} {kind}"
        for module in modules()
        if module.split(".")[0] == "extraction"
        for kind in hidden_state(tree(module))
    }
    assert found == set(HIDDEN_STATE)


def hidden_state(source: ast.Module) -> set[str]:
    """Which kinds of state a module has or reads that its functions were not given."""
    kinds = set()
    for node in ast.walk(source):
        match node:
            case ast.Name(id="ContextVar"):
                kinds.add("ContextVar")
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "getenv"):
                kinds.add("os.environ")
            case ast.Call(func=ast.Name(id="id")):
                kinds.add("id()")
            case ast.Global():
                kinds.add("global")
            case _:
                pass
    return kinds


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("from contextvars import ContextVar\nx: ContextVar[int] = ContextVar('x')", {"ContextVar"}),
        ("import os\ndef f():\n    return os.environ.get('A') or os.getenv('B')", {"os.environ"}),
        ("def f(cells):\n    return {id(cell): 1 for cell in cells}", {"id()"}),
        ("def f(id: str) -> str:\n    return id", set()),
        ("x = 1\ndef f():\n    global x\n    x = 2", {"global"}),
    ],
)
def test_hidden_state_is_seen(source: str, kinds: set[str]) -> None:
    assert hidden_state(ast.parse(source)) == kinds
