"""How many numbers are set by hand: in constants of modules, and inside functions.

    python -m eval.thresholds [ROOT]

counts them in every package below ROOT (default: here), in `extraction` room by room.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections import Counter
from pathlib import Path

PACKAGES = ("extraction", "models", "service", "annotations", "eval", "training")
PLAIN = (-1, 0, 1, 2)
"""Numbers that say which, or twice as much: no thresholds where a function compares or calculates with them."""

_CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]*")


def count(source: str) -> tuple[int, int]:
    """Number literals in the constants of a module, and those that its functions compare or calculate with."""
    module = ast.parse(source)
    parts = (part for node in module.body if _is_constant(node) for part in ast.walk(node))
    constants = sum(isinstance(part, ast.Constant) and _number(part) is not None for part in parts)
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    used = {
        operand
        for function in functions
        for node in ast.walk(function)
        for operand in _operands(node)
        if (value := _number(operand)) is not None and value not in PLAIN
    }
    return constants, len(used)


def _is_constant(node: ast.stmt) -> bool:
    """Whether it gives a value to names in capitals and to nothing else."""
    match node:
        case ast.Assign(targets=targets):
            pass
        case ast.AnnAssign(target=target):
            targets = [target]
        case _:
            return False
    names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    return bool(names) and all(_CONSTANT.fullmatch(name) for name in names)


def _operands(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Compare(left=left, comparators=others):
            return [left, *others]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.AugAssign(value=value):
            return [value]
        case _:
            return []


def _number(node: ast.AST) -> float | None:
    """The value of a number literal, with its sign."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case _:
            return None


def main() -> None:
    """Print a line a package, and a line a room of `extraction`: constants, inside functions, both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path, nargs="?", default=Path())
    root = parser.parse_args().root
    constants: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            counted = count(file.read_text(encoding="utf-8"))
            folders = file.relative_to(root).parts[:-1]
            for name in {package, ".".join(folders[: 2 if package == "extraction" else 1])}:
                constants[name] += counted[0]
                inside[name] += counted[1]
    print(f"{'package':<34}{'constants':>10}{'inside':>10}{'both':>10}")
    for name in constants:
        print(f"{name:<34}{constants[name]:>10}{inside[name]:>10}{constants[name] + inside[name]:>10}")


if __name__ == "__main__":
    main()
