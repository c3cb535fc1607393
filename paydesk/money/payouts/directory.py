"""The banks that we know by name: looked up by card, CNAPS code or BIC. Reads banks.toml once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("banks.toml")


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank; `names` by language (zh, en)."""

    code: str
    names: Mapping[str, str]
    country: str
    swift: str
    cnaps: str = ""
    cards: tuple[str, ...] = ()


@cache
def _known() -> dict[str, Bank]:
    read = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        code: Bank(
            code=code,
            names=one["names"],
            country=one["country"],
            swift=one["swift"],
            cnaps=one.get("cnaps", ""),
            cards=tuple(one.get("cards", ())),
        )
        for code, one in read.items()
    }


def get(code: str) -> Bank | None:
    """The bank of that code."""
    return _known().get(code)


def all_of(country: str) -> list[Bank]:
    """The banks of a country, in the order of the file."""
    return [bank for bank in _known().values() if bank.country == country]


def of_card(number: str) -> Bank | None:
    """The bank whose cards begin like this one."""
    return next((bank for bank in _known().values() if number[:6] in bank.cards), None)


def of_cnaps(code: str) -> Bank | None:
    """The bank of a branch's CNAPS code."""
    return next((bank for bank in _known().values() if bank.cnaps == code[:3]), None)


def of_swift(bic: str) -> Bank | None:
    """The bank of a BIC, its branch left out."""
    return next((bank for bank in _known().values() if bank.swift[:8] == bic[:8]), None)
