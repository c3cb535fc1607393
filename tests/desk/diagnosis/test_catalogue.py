"""docs/FAILURES.md: every row of the catalogue, with the tests that make it happen."""

import ast
import re
from pathlib import Path

from tests.desk.diagnosis.causes import BY
from tests.desk.diagnosis.test_rows import EXPECTED

ROOT = Path(__file__).resolve().parents[3]
DOC = ROOT / "docs" / "FAILURES.md"
ROWS = 53
_LINE = re.compile(
    r"^\| (\d+) \| (?P<reason>[^|]+) \| (?P<codes>[^|]*) \| (?P<tests>[^|]+) \|$", re.M
)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def lines() -> dict[int, re.Match[str]]:
    return {int(found[1]): found for found in _LINE.finditer(DOC.read_text(encoding="utf-8"))}


def test_every_row_is_there_once() -> None:
    found = [int(one[1]) for one in _LINE.finditer(DOC.read_text(encoding="utf-8"))]
    assert found == list(range(1, ROWS + 1))


def test_the_findings_named_are_caused_and_are_of_that_row() -> None:
    named: set[str] = set()
    for row, line in lines().items():
        codes = re.findall(r"`(\w+)`", line["codes"])
        for code in codes:
            assert code in BY, f"row {row}: {code} has no cause"
            assert EXPECTED[code][0] == row, code
        named |= set(codes)
    assert {code for code in BY if EXPECTED[code][0]} == named


def test_the_tests_named_are_there() -> None:
    for row, line in lines().items():
        tests = _TEST.findall(line["tests"])
        assert tests, f"row {row} names no test"
        for path, name in tests:
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            assert name in {
                node.name
                for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            }, f"row {row}: {path}::{name}"
