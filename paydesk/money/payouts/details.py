"""Checks bank details as typed: lengths, check digits, known banks. Pure; names every flaw.

What is right comes back cleaned (full-width and other scripts' digits as 0-9, no gaps). Whether
an account exists only its bank knows. Never stores anything.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from paydesk.kit.ids import check_digit
from paydesk.money.payouts import directory
from paydesk.money.payouts.iban import LENGTHS, mod_97

HOLDER_LENGTH = 80
LONGEST = 40


class Scheme(StrEnum):
    """How an account is named."""

    CN_CARD = "cn_card"  # a UnionPay debit card
    CN_ACCOUNT = "cn_account"  # an account number with its branch's CNAPS code
    IBAN = "iban"
    US_ACCOUNT = "us_account"  # routing and account number
    SWIFT = "swift"  # any other: BIC and account number


CURRENCIES: Mapping[Scheme, frozenset[str] | None] = {
    Scheme.CN_CARD: frozenset({"CNY"}),
    Scheme.CN_ACCOUNT: frozenset({"CNY"}),
    Scheme.IBAN: frozenset({"EUR", "GBP", "CHF"}),
    Scheme.US_ACCOUNT: frozenset({"USD"}),
    Scheme.SWIFT: None,  # every currency but yuan
}


class Problem(StrEnum):
    """What is wrong with a field."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    SHAPE = "shape"
    LENGTH = "length"
    CHECKSUM = "checksum"
    UNKNOWN_BANK = "unknown_bank"
    BANK_DIFFERS = "bank_differs"
    COUNTRY = "country"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Flaw:
    """A field that is wrong and how. Fields: account, card, iban, bank, cnaps, swift, holder,
    country."""

    field: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Details:
    """A bank account as somebody names it. `bank` is a code of the directory, "" if not known;
    `branch` the CNAPS code, routing number or BIC that goes with the number."""

    scheme: Scheme
    country: str
    holder: str
    number: str
    bank: str = ""
    branch: str = ""

    @property
    def last4(self) -> str:
        """The end of the number: all that is shown."""
        return self.number[-4:]


def takes(scheme: Scheme, currency: str) -> bool:
    """Whether money of that currency goes to such accounts."""
    known = CURRENCIES[scheme]
    return currency != "CNY" if known is None else currency in known


def check(typed: Details) -> tuple[Details, tuple[Flaw, ...]]:
    """The details cleaned, and everything that is wrong with them (nothing: they may be used)."""
    clean = replace(
        typed,
        country=plain(typed.country),
        holder=" ".join(typed.holder.split()),
        number=plain(typed.number),
        branch=plain(typed.branch),
    )
    holder = _holder(clean.holder)
    clean, flaws = _CHECKS[clean.scheme](clean)
    return clean, (*holder, *flaws)


def plain(text: str) -> str:
    """A number as typed in any script, without gaps and hyphens, in capitals."""
    folded = unicodedata.normalize("NFKC", text).upper()
    digits = (str(unicodedata.decimal(char, char)) for char in folded)
    return re.sub(r"[\s\u200b\u200e\u200f\-‐–—./]+", "", "".join(digits))


def luhn(number: str) -> bool:
    """Whether a card number's check digit is right."""
    digits = [int(char) for char in reversed(number)]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + doubled) % 10 == 0


def _holder(name: str) -> tuple[Flaw, ...]:
    if not name:
        return (Flaw("holder", Problem.EMPTY),)
    letters = any(unicodedata.category(char)[0] == "L" for char in name)
    strange = any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} for char in name)
    if strange or not letters or len(name) > HOLDER_LENGTH:
        return (Flaw("holder", Problem.NAME),)
    return ()


def _digits(field: str, text: str, least: int, most: int) -> tuple[Flaw, ...]:
    if not text:
        return (Flaw(field, Problem.EMPTY),)
    if not (text.isascii() and text.isdigit()):
        return (Flaw(field, Problem.NOT_DIGITS),)
    return () if least <= len(text) <= most else (Flaw(field, Problem.LENGTH),)


Checked = tuple[Details, tuple[Flaw, ...]]


def _card(typed: Details) -> Checked:
    typed = replace(typed, country="CN", branch="")
    flaws = _digits("card", typed.number, 16, 19)
    if not flaws and not luhn(typed.number):
        flaws = (Flaw("card", Problem.CHECKSUM),)
    if flaws:
        return typed, flaws
    issuer = directory.of_card(typed.number)
    if issuer and typed.bank and issuer.code != typed.bank:
        return typed, (Flaw("bank", Problem.BANK_DIFFERS),)
    return _known_bank(replace(typed, bank=typed.bank or (issuer.code if issuer else "")))


def _account_in_china(typed: Details) -> Checked:
    typed = replace(typed, country="CN")
    flaws = _digits("account", typed.number, 8, 32)
    branch = _digits("cnaps", typed.branch, 12, 12)
    if not branch and check_digit(typed.branch[:11]) != typed.branch[11]:
        branch = (Flaw("cnaps", Problem.CHECKSUM),)
    if flaws or branch:
        return typed, (*flaws, *branch)
    bank = directory.of_cnaps(typed.branch)
    if bank is None:
        return typed, (Flaw("cnaps", Problem.UNKNOWN_BANK),)
    if typed.bank and typed.bank != bank.code:
        return typed, (Flaw("cnaps", Problem.BANK_DIFFERS),)
    return replace(typed, bank=bank.code), ()


def _known_bank(typed: Details) -> Checked:
    if not typed.bank:
        return typed, (Flaw("bank", Problem.EMPTY),)
    bank = directory.get(typed.bank)
    if bank is None or bank.country != typed.country:
        return typed, (Flaw("bank", Problem.UNKNOWN_BANK),)
    return typed, ()


def _iban(typed: Details) -> Checked:
    number = typed.number
    if not number:
        return typed, (Flaw("iban", Problem.EMPTY),)
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}", number):
        return typed, (Flaw("iban", Problem.SHAPE),)
    country = number[:2]
    if country not in LENGTHS:
        return typed, (Flaw("iban", Problem.COUNTRY),)
    if len(number) != LENGTHS[country]:
        return typed, (Flaw("iban", Problem.LENGTH),)
    if mod_97(number) != 1:
        return typed, (Flaw("iban", Problem.CHECKSUM),)
    typed = replace(typed, country=country)
    return (typed, _bic(typed)) if typed.branch else (typed, ())


def _american(typed: Details) -> Checked:
    typed = replace(typed, country="US")
    flaws = _digits("account", typed.number, 4, 17)
    routing = _digits("bank", typed.branch, 9, 9)
    if (
        not routing
        and sum(
            weight * int(digit) for weight, digit in zip((3, 7, 1) * 3, typed.branch, strict=True)
        )
        % 10
    ):
        routing = (Flaw("bank", Problem.CHECKSUM),)
    return typed, (*flaws, *routing)


def _swift(typed: Details) -> Checked:
    number = typed.number
    flaws: tuple[Flaw, ...] = ()
    if not number:
        flaws = (Flaw("account", Problem.EMPTY),)
    elif not re.fullmatch(r"[A-Z0-9]+", number):
        flaws = (Flaw("account", Problem.SHAPE),)
    elif not 4 <= len(number) <= 34:
        flaws = (Flaw("account", Problem.LENGTH),)
    branch = _bic(typed) if typed.branch else (Flaw("swift", Problem.EMPTY),)
    return typed, (*flaws, *branch)


def _bic(typed: Details) -> tuple[Flaw, ...]:
    if not re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", typed.branch):
        return (Flaw("swift", Problem.SHAPE),)
    if typed.country and typed.branch[4:6] != typed.country:
        return (Flaw("swift", Problem.COUNTRY),)
    return ()


_CHECKS: Mapping[Scheme, Callable[[Details], Checked]] = {
    Scheme.CN_CARD: _card,
    Scheme.CN_ACCOUNT: _account_in_china,
    Scheme.IBAN: _iban,
    Scheme.US_ACCOUNT: _american,
    Scheme.SWIFT: _swift,
}
