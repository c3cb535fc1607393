"""Sizes that may only shrink: modules over 300 lines, functions over 40.

`python -m tools.ratchet` lowers the frozen sizes to the present ones and drops what is small
enough. It never adds and never raises: what grows must be split.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FROZEN = ROOT / "tests" / "house" / "frozen-sizes.json"
TREES = ("paydesk", "config", "tools")
MODULE_LINES = 300
FUNCTION_LINES = 40


def modules(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Path and source of every module of ours; migrations are generated and don't count."""
    for tree in TREES:
        for path in sorted((root / tree).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def oversize(root: Path = ROOT) -> dict[str, int]:
    """Every module and function over its limit, with its lines."""
    found: dict[str, int] = {}
    for path, source in modules(root):
        lines = source.count("\n")
        if lines > MODULE_LINES:
            found[path] = lines
        for name, length in functions(source):
            if length > FUNCTION_LINES:
                found[f"{path}::{name}"] = length
    return found


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Name and lines (decorators and docstring left out) of each function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            start = node.lineno
            if ast.get_docstring(node, clean=False) is not None:
                start = node.body[0].end_lineno or start
            yield node.name, (node.end_lineno or start) - start + 1


def frozen() -> dict[str, int]:
    """The sizes that are tolerated."""
    sizes: dict[str, int] = json.loads(FROZEN.read_text(encoding="utf-8"))
    return sizes


def complaints(present: dict[str, int], tolerated: dict[str, int]) -> list[str]:
    """What has grown, what is new, and what may now be lowered."""
    said = []
    for name, lines in present.items():
        if name not in tolerated:
            said.append(f"{name}: {lines} lines is over the limit: split it")
        elif lines > tolerated[name]:
            said.append(f"{name}: grew from {tolerated[name]} to {lines} lines: split it")
    for name, lines in tolerated.items():
        if present.get(name, 0) < lines:
            said.append(f"{name}: smaller than frozen, run: python -m tools.ratchet")
    return said


def main() -> int:
    """Lower what can be lowered."""
    present, tolerated = oversize(), frozen()
    lowered = {
        name: min(lines, present[name]) for name, lines in tolerated.items() if name in present
    }
    FROZEN.write_text(json.dumps(lowered, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
