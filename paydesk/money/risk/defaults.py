"""The rules that the program ships with, read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from paydesk.money.risk.reading import read
from paydesk.money.risk.rules import RuleSet

_FILE = Path(__file__).with_name("defaults.toml")


@cache
def rows() -> tuple[dict[str, Any], ...]:
    """The shipped rules as data."""
    return tuple(tomllib.loads(_FILE.read_text(encoding="utf-8"))["rule"])


@cache
def shipped() -> RuleSet:
    """The shipped rules: version 0 of every brand."""
    return read(0, rows())
