"""Rules about Python modules, on their syntax tree. They never import what they check."""

import ast
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from tools.tidy.finding import Finding

Found = Iterator[tuple[int, str]]
Rule = Callable[[PurePosixPath, ast.Module], Found]

WRITES = {"save", "create", "bulk_create", "get_or_create", "update_or_create", "delete"}
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("timezone", "now"),
    ("timezone", "localdate"),
}
IDS = {("uuid", name) for name in ("uuid1", "uuid3", "uuid4", "uuid5", "uuid6", "uuid7")}
SIGNALS = ("django.db.models.signals", "django.dispatch", "django.core.signals")


def writes_in_entry(path: PurePosixPath, tree: ast.Module) -> Found:
    """Entry obtains objects by access and changes them by actions, never by the ORM."""
    if not is_below(path, "paydesk/entry"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}:
            yield node.lineno, "entry fetches through access.py, not through a manager"
        if isinstance(node, ast.Call) and _is_write(node):
            yield node.lineno, "entry writes through actions, not through the ORM"


def _is_write(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return False
    if _last_name(function.value) == "session":
        return False  # the session store's own methods
    if isinstance(function.value, ast.Call) and _last_name(function.value.func) == "super":
        return False  # a form that hands over to the library it extends
    if function.attr == "update":
        return isinstance(function.value, ast.Call)  # a query set's; a dict's has a plain name
    return function.attr in WRITES


def foreign_clock(path: PurePosixPath, tree: ast.Module) -> Found:
    """kit.clock is the only clock."""
    if is_below(path, "paydesk/kit") or not is_below(path, "paydesk"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in CLOCKS:
            yield node.lineno, "the only clock is paydesk.kit.clock"
        if isinstance(node, ast.ImportFrom):
            for name in node.names:
                if ((node.module or "").rsplit(".", 1)[-1], name.name) in CLOCKS:
                    yield node.lineno, "the only clock is paydesk.kit.clock"


def foreign_ids(path: PurePosixPath, tree: ast.Module) -> Found:
    """kit.ids is the only source of ids."""
    if is_below(path, "paydesk/kit") or not is_below(path, "paydesk"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in IDS:
            yield node.lineno, "ids come from paydesk.kit.ids"
        if isinstance(node, ast.ImportFrom) and node.module == "uuid":
            for name in node.names:
                if ("uuid", name.name) in IDS:
                    yield node.lineno, "ids come from paydesk.kit.ids"


def late_import(path: PurePosixPath, tree: ast.Module) -> Found:
    """An import inside a function hides a cycle."""
    if is_below(path, "tests"):
        return
    for outer in ast.walk(tree):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(outer):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node.lineno, "imports stand at the top of the module"


def relative_import(path: PurePosixPath, tree: ast.Module) -> Found:
    """Absolute imports say where a thing lives."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "imports are absolute"


def no_docstring(path: PurePosixPath, tree: ast.Module) -> Found:
    """Each module says what it is for and what it never does."""
    if tree.body and "migrations" not in path.parts and not ast.get_docstring(tree):
        yield 1, "the module has no docstring"


def signals(path: PurePosixPath, tree: ast.Module) -> Found:
    """Reactions are listed in wiring.py; a signal hides who reacts."""
    if not is_below(path, "paydesk") or path.name == "allauth_bridge.py":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in SIGNALS:
            yield node.lineno, "no signals: reactions are listed in wiring.py"


def logic_in_save(path: PurePosixPath, tree: ast.Module) -> Found:
    """A change is an action, not a side effect of storing a row."""
    if not is_below(path, "paydesk"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and _is_model(node):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name in {"save", "delete"}:
                    yield item.lineno, "no logic in save() or delete(): write an action"


def _is_model(node: ast.ClassDef) -> bool:
    return any(_last_name(base).endswith("Model") for base in node.bases)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_below(path: PurePosixPath, folder: str) -> bool:
    """Whether the path lies in that folder of the project."""
    return path.is_relative_to(folder)


RULES: tuple[Rule, ...] = (
    writes_in_entry,
    foreign_clock,
    foreign_ids,
    late_import,
    relative_import,
    no_docstring,
    signals,
    logic_in_save,
)


def check(path: PurePosixPath, source: str) -> Iterator[Finding]:
    """All findings in one module."""
    tree = ast.parse(source)
    for rule in RULES:
        for line, text in rule(path, tree):
            yield Finding(path, line, rule.__name__.replace("_", "-"), text)
