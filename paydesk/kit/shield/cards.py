"""Finds payment card numbers, and the security code that follows one.

A card number has an issuer's range, a length that issuer uses, a right Luhn digit, and is
written whole or in groups as people write cards. Chinese identity numbers, which may satisfy
all of that, are told apart by their own check character.
"""

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

from paydesk.kit.shield.kinds import Finding, Kind

_RUN = re.compile(r"\d(?:[ \-._,/|*\t\n]{0,3}\d){11,}")
_GROUP = re.compile(r"\d+")
_ISSUED = re.compile(
    r"4\d{15}(?:\d{3})?"  # Visa; its old 13 digits only where the text says it is a card
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|6[25]\d{14,17}|81\d{14,17}"  # UnionPay, Discover
    r"|6(?:011|4[4-9]\d)\d{12,15}"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|3(?:0[0-5]|09|[689]\d)\d{11}"  # Diners
    r"|(?:50|5[6-8]|6[0378])\d{14}|220[0-4]\d{12,15}"  # Maestro, RuPay, Mir
    r"|955[89]\d{12,15}"  # older Chinese debit cards
)
_SAID = re.compile(
    r"卡号|(?:银行|信用|储蓄|借记)卡|卡片|\b(?:card|visa|master(?:card)?|amex|pan|cc)\b",
    re.IGNORECASE,
)
_REACH = 40
_USUAL = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (6, 10), (6, 13), (8, 8)})
_IDENTITY = re.compile(r"\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{4}")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_AFTER = re.compile(
    r"[\s,;/|.]{0,3}(?:(?:exp\w{0,5}|valid|有效期)?[\s:.]{0,3}\d\d\s?[/\-]\s?\d{2,4}"
    r"[\s,;/|.]{1,3})(?:cvv|cvc|cvn|code)?[\s:.]{0,2}(\d{3,4})(?!\d)",
    re.IGNORECASE,
)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def find(text: str) -> Iterator[Finding]:
    """Card numbers in a plain view, left to right, never overlapping."""
    for run in _RUN.finditer(text):
        yield from _find_in_run(text, run.start(), run.end())


def _find_in_run(text: str, start: int, end: int) -> Iterator[Finding]:
    groups = [match.span() for match in _GROUP.finditer(text, start, end)]
    digits = "".join(text[first:last] for first, last in groups)
    luhn = _Luhn(digits)
    ends = list(accumulate(last - first for first, last in groups))
    said = bool(_SAID.search(text, max(0, start - _REACH), start))
    place = 0
    while place < len(groups):
        begin = ends[place - 1] if place else 0
        found = None
        for last in range(place, len(groups)):
            length = ends[last] - begin
            if length > 19:
                break
            if length >= 12 and luhn.holds(begin, ends[last]):
                window = groups[place : last + 1]
                if _is_card(text, window, digits[begin : ends[last]], said):
                    found = last  # the longest that holds
        if found is None:
            place += 1
            continue
        card_end = groups[found][1]
        yield Finding(groups[place][0], card_end, Kind.CARD)
        after = _AFTER.match(text, card_end)
        if after:
            yield Finding(*after.span(1), Kind.SECURITY_CODE)
        place = found + 1


def _is_card(text: str, groups: list[tuple[int, int]], digits: str, said: bool) -> bool:
    if len(set(digits)) == 1 or _is_identity_number(digits):
        return False
    if said:
        return True
    return bool(_ISSUED.fullmatch(digits)) and _is_grouped_as_a_card(text, groups)


def _is_grouped_as_a_card(text: str, groups: list[tuple[int, int]]) -> bool:
    lengths = tuple(last - first for first, last in groups)
    if len(groups) == 1 or lengths in _USUAL:
        return True
    between = {text[one[1] : other[0]] for one, other in pairwise(groups)}
    even = len(set(lengths[:-1])) == 1 and lengths[-1] <= lengths[0]
    return even and len(between) == 1


def _is_identity_number(digits: str) -> bool:
    """Whether 18 digits are a Chinese identity number: date of birth and check character."""
    if len(digits) != 18 or not _IDENTITY.fullmatch(digits):
        return False
    total = sum(int(d) * w for d, w in zip(digits, _IDENTITY_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == digits[17]


class _Luhn:
    """The Luhn check of any part of a string of digits, in constant time each."""

    def __init__(self, digits: str) -> None:
        values = [int(digit) for digit in digits]
        self._even = [0, *accumulate(_alternate(values, 0))]
        self._odd = [0, *accumulate(_alternate(values, 1))]

    def holds(self, start: int, end: int) -> bool:
        sums = self._odd if end % 2 else self._even
        return (sums[end] - sums[start]) % 10 == 0


def _alternate(values: list[int], parity: int) -> Iterator[int]:
    """Digits with every second doubled, so that one before a place of that parity counts once."""
    for place, value in enumerate(values):
        yield value if (place + 1) % 2 == parity else _DOUBLED[value]
