"""Finds the texts that an app shows, in its Python modules and in its templates.

Returns Babel catalogues without translations; knows nothing of the files they are kept in.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from django.utils.translation.template import templatize

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TEMPLATE_KINDS = {".html", ".txt", ".svg"}

_LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
# What templatize() writes for each translation tag, filter argument or plural.
_CALL = re.compile(rf"(?<![\w.])(_|n?p?gettext)\(\s*({_LITERAL}(?:\s*,\s*{_LITERAL})*)", re.DOTALL)

Text = tuple[str | None, str | tuple[str, str]]


def texts_of_app(app: Path, apps: set[Path]) -> Catalog:
    """A catalogue of what `app` says itself; what lies in a nested app belongs to that one."""
    catalogue = Catalog(locale="en")
    for path in sorted(app.rglob("*")):
        if _owner(path, apps) != app or "migrations" in path.parts:
            continue
        found: Iterator[Text] = iter(())
        if path.suffix == ".py":
            found = _of_python(path)
        elif path.suffix in TEMPLATE_KINDS and "templates" in path.parts:
            found = _of_template(path)
        for context, identity in found:
            catalogue.add(identity, context=context)
    return catalogue


def _owner(path: Path, apps: set[Path]) -> Path | None:
    return next((parent for parent in path.parents if parent in apps), None)


def _of_python(path: Path) -> Iterator[Text]:
    with path.open("rb") as file:
        for _line, function, messages, _comments in extract_python(
            file, KEYWORDS, [], {"encoding": "utf-8"}
        ):
            given: Iterable[object] = messages if isinstance(messages, tuple) else (messages,)
            yield from _text(str(function), [part for part in given if isinstance(part, str)])


def _of_template(path: Path) -> Iterator[Text]:
    calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in _CALL.finditer(calls):
        literals = re.findall(_LITERAL, call.group(2), re.DOTALL)
        yield from _text(call.group(1), [str(ast.literal_eval(text)) for text in literals])


def _text(function: str, parts: list[str]) -> Iterator[Text]:
    """One text of a call; nothing where the argument is no plain literal."""
    name = function.removesuffix("_lazy").removesuffix("_noop")
    context = parts.pop(0) if name in {"pgettext", "npgettext"} and parts else None
    if not parts or not parts[0]:
        return
    if name in {"ngettext", "npgettext"} and len(parts) > 1:
        yield context, (parts[0], parts[1])
    else:
        yield context, parts[0]
