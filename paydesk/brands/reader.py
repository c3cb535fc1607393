"""Reads values out of a parsed TOML table and notes every complaint with its line.

It knows kinds of values, not what a brand is; it never stops at the first
complaint, so that one run names everything that is wrong with a file.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from paydesk.brands.toml_lines import Lines, Path

T = TypeVar("T")


@dataclass(frozen=True, order=True)
class Problem:
    """One complaint: file name, line (from 1) and what is wrong and allowed."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass
class Source:
    """A profile file being read and the complaints about it so far."""

    file: str
    lines: Lines
    problems: list[Problem] = field(default_factory=list)

    def complain(self, path: Path, message: str) -> None:
        """Note a complaint about the key at that path."""
        self.problems.append(Problem(self.file, self.lines.line_of(path), message))


def _same(value: Any) -> Any:
    return value


class Table:
    """One TOML table. Every read answers a usable value, a stand-in after a complaint."""

    def __init__(self, source: Source, data: Any, path: Path = ()) -> None:
        self.source = source
        self.path = path
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            source.complain(path, f"'{self._label()}' must be a table")

    def _label(self, key: str = "") -> str:
        return ".".join(str(part) for part in (*self.path, key) if part != "")

    def complain(self, key: str, message: str) -> None:
        """Note a complaint about one key of this table."""
        self.source.complain((*self.path, key), message)

    def allow(self, allowed: Iterable[str]) -> None:
        """Complain about every key that is not in `allowed`."""
        names = sorted(allowed)
        for key in self.data:
            if key not in names:
                here = f" in [{self._label()}]" if self.path else ""
                self.complain(key, f"unknown key '{key}'{here}; allowed: {', '.join(names)}")

    def _value(self, key: str, right: Callable[[Any], bool], allowed: str, stand_in: T) -> T:
        if key not in self.data:
            self.source.complain(
                self.path, f"'{self._label(key)}' is missing; it must be {allowed}"
            )
            return stand_in
        value = self.data[key]
        if not right(value):
            self.complain(key, f"'{self._label(key)}' is {value!r}; it must be {allowed}")
            return stand_in
        return value  # type: ignore[no-any-return]  # `right` has just checked it

    def text(self, key: str, pattern: str = r".*\S.*", allowed: str = "a text") -> str:
        """The text at that key, matching `pattern` from end to end."""
        shape = re.compile(pattern)
        return self._value(
            key, lambda v: isinstance(v, str) and bool(shape.fullmatch(v)), allowed, ""
        )

    def number(self, key: str, least: int, most: int) -> int:
        """The whole number at that key, within the bounds given (both inclusive)."""
        return self._value(
            key,
            lambda v: isinstance(v, int) and not isinstance(v, bool) and least <= v <= most,
            f"a whole number from {least} to {most}",
            least,
        )

    def day(self, key: str, default: date | None = None) -> date:
        """The date at that key."""
        if default is not None and key not in self.data:
            return default
        return self._value(key, lambda v: type(v) is date, "a date such as 2027-01-01", date.min)

    def words(
        self, key: str, among: Iterable[str] | None = None, pattern: str = r"\S+"
    ) -> tuple[str, ...]:
        """The list of distinct words at that key: each one of `among`, or shaped like `pattern`."""
        names = None if among is None else tuple(among)
        shape = re.compile(pattern)

        def right(value: Any) -> bool:
            return (
                isinstance(value, list)
                and len(value) > 0
                and all(isinstance(word, str) for word in value)
                and len(set(value)) == len(value)
                and all(word in names if names else shape.fullmatch(word) for word in value)
            )

        allowed = f"of: {', '.join(names)}" if names else f"shaped like {pattern}"
        found: Iterable[str] = self._value(key, right, f"a list of distinct words {allowed}", ())
        return tuple(found)

    def texts(self, key: str) -> dict[str, str]:
        """The text at that key in both languages: `{zh = "…", en = "…"}`."""

        def right(value: Any) -> bool:
            return (
                isinstance(value, dict)
                and set(value) == {"zh", "en"}
                and all(isinstance(text, str) and text.strip() for text in value.values())
            )

        found: dict[str, str] = self._value(key, right, 'both languages: {zh = "…", en = "…"}', {})
        return dict(found) or {"zh": "", "en": ""}

    def table(self, key: str) -> "Table":
        """The table at that key."""
        found: Any = self._value(key, lambda v: isinstance(v, dict), "a table", {})
        return Table(self.source, found, (*self.path, key))

    def tables(self, key: str) -> "list[Table]":
        """The tables written as `[[key]]`; none when the key is absent."""
        found = self.data.get(key, [])
        if not isinstance(found, list):
            self.complain(key, f"'{self._label(key)}' must be written as [[{self._label(key)}]]")
            return []
        return [Table(self.source, data, (*self.path, key, n)) for n, data in enumerate(found)]
