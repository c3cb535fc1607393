"""Whether a name or a country stands on a screening list: one protocol, and a simulated list.

A name is compared without case, accents, punctuation and order of its parts. The simulated list
holds invented people only; a provider of real lists takes its place by the same protocol.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

ENOUGH = 92
"""Per cent of likeness from which a name counts as found."""


@dataclass(frozen=True, slots=True)
class Found:
    """One entry that a name is like: the list, the list's reference, likeness in per cent."""

    source: str
    entry: str
    score: int


class Screening(Protocol):
    """Looks names and countries up in lists. May be slow: never called under a lock."""

    def look_up(self, name: str, country: str = "") -> list[Found]: ...


class SimulatedScreening:
    """Looks in the shipped list of invented names."""

    def look_up(self, name: str, country: str = "") -> list[Found]:
        found = [
            Found("simulated", str(row["entry"]), score)
            for row in _list()["people"]
            if (score := max(likeness(name, known) for known in row["names"])) >= ENOUGH
        ]
        if country and country.upper() in _list()["countries"]:
            found.append(Found("simulated-countries", country.upper(), 100))
        return found


def screening() -> Screening:
    """The screening of this installation (settings.SCREENING: a dotted name)."""
    made: Screening = import_string(settings.SCREENING)()
    return made


def likeness(name: str, other: str) -> int:
    """How alike two names are, 0 to 100."""
    one, two = _plain(name), _plain(other)
    if not one or not two:
        return 0
    return 100 if one == two else round(SequenceMatcher(None, one, two).ratio() * 100)


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(char for char in apart if not unicodedata.combining(char))
    return " ".join(sorted(re.findall(r"\w+", letters)))


@cache
def _list() -> dict[str, Any]:
    path = Path(__file__).with_name("simulated_list.toml")
    read: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return read
