"""Says on which line of a TOML text a key stands, so that a complaint can point at it.

It trusts that the text was already parsed by `tomllib`; it never parses values.
"""

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\")(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"))*)\s*=(.*)")
_STRING_OR_COMMENT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|#.*")


def _parts(dotted: str) -> Path:
    return tuple(part.strip().strip('"') for part in dotted.split("."))


class Lines:
    """Line numbers (from 1) of the tables and keys of one TOML text."""

    def __init__(self, text: str) -> None:
        self._found: dict[Path, int] = {(): 1}
        self._counts: dict[Path, int] = {}
        self._table: Path = ()
        depth = 0
        for number, line in enumerate(text.splitlines(), start=1):
            bare = _STRING_OR_COMMENT.sub("", line)
            if depth == 0:
                self._read(line, number)
            # The brackets of a header balance out; a list left open runs on to later lines.
            depth += bare.count("[") - bare.count("]")

    def _read(self, line: str, number: int) -> None:
        header = _HEADER.match(line)
        if header:
            path = _parts(header[2])
            if header[1] == "[[":
                count = self._counts.get(path, 0)
                self._counts[path] = count + 1
                self._found.setdefault(path, number)
                path = (*path, count)
            self._table = path
            for depth in range(1, len(path)):  # [a.b] also makes a
                self._found.setdefault(path[:depth], number)
            self._found[path] = number
            return
        key = _KEY.match(line)
        if key:
            self._found.setdefault((*self._table, *_parts(key[1])), number)

    def line_of(self, path: Path) -> int:
        """The line of that key, or of the nearest table above it when it stands on none."""
        while path not in self._found:
            path = path[:-1]
        return self._found[path]
