"""What the pages in docs/ say of the tree is so."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
TESTS = ROOT / "tests"
_VARIABLE = re.compile(r"PAYDESK_[A-Z]+(?:_[A-Z]+)*\b(?!_)")
_NAMED = re.compile(r"`([\w/.]+\.py|[\w/]+/)(?:::(\w+))?`")
_UNTESTED = ("**not built**", "**no test**")


def read_by_the_program() -> set[str]:
    sources = [*(ROOT / "paydesk").rglob("*.py"), *(ROOT / "config").rglob("*.py")]
    found: set[str] = set()
    for source in sources:
        found |= set(_VARIABLE.findall(source.read_text(encoding="utf-8")))
    return found


def test_every_setting_is_listed() -> None:
    told = set(_VARIABLE.findall((DOCS / "SETTINGS.md").read_text(encoding="utf-8")))
    assert len(told) > 30
    assert read_by_the_program() - told == set(), "not in docs/SETTINGS.md"
    assert told - read_by_the_program() == set(), "nothing reads these"


def promises() -> Iterator[tuple[str, str]]:
    """Each row of the table: what is promised, and what stands beside it."""
    for line in (DOCS / "INVARIANTS.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith(("| invariant", "| ---")):
            promise, _, test = line.strip("| ").partition(" | ")
            yield promise, test


def missing(test: str) -> list[str]:
    """What a cell names that isn't there. A bare name is beside the one before it."""
    gone, folder = [], TESTS
    for path, function in _NAMED.findall(test):
        place = TESTS / path if "/" in path else folder / path
        folder = place.parent
        if not place.exists():
            gone.append(path)
        elif function and f"def {function}(" not in place.read_text(encoding="utf-8"):
            gone.append(f"{path}::{function}")
    return gone


def test_every_promise_names_tests_that_are_there() -> None:
    rows = list(promises())
    assert len(rows) > 60
    bare = [row for row, test in rows if not _NAMED.search(test) and not test.startswith(_UNTESTED)]
    assert bare == []
    assert {row: missing(test) for row, test in rows if missing(test)} == {}


def test_a_test_that_is_gone_is_named() -> None:
    assert missing("`house/test_docs.py::test_every_setting_is_listed`, `test_tidy.py`") == []
    assert missing("`house/test_docs.py::nothing`, `test_none.py`, `no/`") == [
        "house/test_docs.py::nothing",
        "test_none.py",
        "no/",
    ]
