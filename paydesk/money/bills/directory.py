"""The billers of each brand, read once from billers/<brand>.toml. Changes nothing."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from paydesk.brands.profile import Texts, in_language
from paydesk.kit.money import EXPONENTS
from paydesk.money.bills.references import ALGORITHMS, Flaw, Rule, flaw

FOLDER = Path(__file__).with_name("billers")


class Amount(StrEnum):
    """Who says how much is paid."""

    FIXED = "fixed"  # one of the biller's choices
    OPEN = "open"  # the payer, between least and most
    QUERY = "query"  # the biller, when asked


class Category(StrEnum):
    """What a bill is for, in the order in which they are shown."""

    POWER = "power"
    WATER = "water"
    GAS = "gas"
    PHONE = "phone"
    INTERNET = "internet"
    HOUSING = "housing"
    TRANSPORT = "transport"
    EDUCATION = "education"


class BadBiller(ValueError):
    """A biller file says something that can't be."""


@dataclass(frozen=True, slots=True)
class Biller:
    """Somebody who sends bills. Amounts in minor units of `currency`; `least` and `most` bound
    what may be paid, `choices` are offered. `samples`: references by what the simulated biller
    does with them."""

    brand: str
    code: str
    names: Texts
    category: Category
    currency: str
    label: Texts
    rule: Rule
    amount: Amount
    least: int
    most: int
    choices: tuple[int, ...]
    samples: Mapping[str, str]

    def name(self, lang: str) -> str:
        """The biller's name in a language."""
        return in_language(self.names, lang)

    def reference_label(self, lang: str) -> str:
        """What its references are called on a bill."""
        return in_language(self.label, lang)

    def flaw(self, reference: str) -> Flaw | None:
        """What is wrong with a cleaned reference."""
        return flaw(reference, self.rule)

    def takes(self, amount: int) -> bool:
        """Whether an amount may be paid that the payer chose."""
        if self.amount is Amount.FIXED:
            return amount in self.choices
        return self.least <= amount <= self.most


@cache
def of_brand(brand: str) -> Mapping[str, Biller]:
    """The brand's billers by code, in the order of the file; none without a file.

    Raises BadBiller.
    """
    path = FOLDER / f"{brand}.toml"
    if not path.exists():
        return {}
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    return {code: _biller(brand, code, one) for code, one in read.items()}


def get(brand: str, code: str) -> Biller | None:
    """One of the brand's billers."""
    return of_brand(brand).get(code)


def _biller(brand: str, code: str, said: Mapping[str, Any]) -> Biller:
    try:
        choices = tuple(said.get("choices", ()))
        found = Biller(
            brand=brand,
            code=code,
            names=said["names"],
            category=Category(said["category"]),
            currency=said["currency"],
            label=said["label"],
            rule=Rule(said["pattern"], said["algorithm"]),
            amount=Amount(said["amount"]),
            least=said.get("least", min(choices, default=1)),
            most=said.get("most", max(choices, default=10**12)),
            choices=choices,
            samples=said["samples"],
        )
        re.compile(found.rule.pattern)
    except (KeyError, ValueError, re.error) as error:
        raise BadBiller(f"{brand}.{code}: {error}") from error
    _check(found)
    return found


def _check(biller: Biller) -> None:
    where = f"{biller.brand}.{biller.code}"
    if not re.fullmatch(r"[a-z]{2,16}", biller.code):
        raise BadBiller(f"{where}: a code has 2 to 16 small letters")
    if biller.currency not in EXPONENTS or biller.rule.algorithm not in {"", *ALGORITHMS}:
        raise BadBiller(f"{where}: unknown currency or algorithm")
    if biller.amount is Amount.FIXED and not biller.choices:
        raise BadBiller(f"{where}: a fixed amount needs choices")
    for reference in biller.samples.values():
        if wrong := biller.flaw(reference):
            raise BadBiller(f"{where}: sample {reference} is wrong: {wrong}")
