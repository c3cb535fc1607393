"""Checks a bill's reference as typed against its biller's rule: shape and check digit. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 40


class Flaw(StrEnum):
    """What is wrong with a reference."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    SHAPE = "shape"
    CHECK_DIGIT = "check_digit"


@dataclass(frozen=True, slots=True)
class Rule:
    """What references of a biller look like. `pattern` matches the cleaned text from end to end;
    `algorithm` (mod10, mod11, mod97 or "") checks its digits."""

    pattern: str
    algorithm: str = ""


def clean(text: str) -> str:
    """A reference as typed in any script, without gaps and hyphens, in capitals."""
    folded = unicodedata.normalize("NFKC", text).upper()
    digits = (str(unicodedata.decimal(char, char)) for char in folded)
    return re.sub(r"[\s\u200b\u200e\u200f\-‐–—]+", "", "".join(digits))


def flaw(reference: str, rule: Rule) -> Flaw | None:
    """What is wrong with a cleaned reference, None if nothing is."""
    if not reference:
        return Flaw.EMPTY
    if len(reference) > LONGEST:
        return Flaw.TOO_LONG
    if not re.fullmatch(rule.pattern, reference):
        return Flaw.SHAPE
    if rule.algorithm and not ALGORITHMS[rule.algorithm](_digits(reference)):
        return Flaw.CHECK_DIGIT
    return None


def mod10(digits: str) -> bool:
    """Luhn: every second digit from the right, the check digit not counted, is doubled."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mod11(digits: str) -> bool:
    """Weights 2 to 7 from the right, again and again; the last digit makes the sum a multiple of
    11. A number whose check digit would be 10 is never given out."""
    body, last = digits[:-1], int(digits[-1])
    total = sum(int(char) * (2 + place % 6) for place, char in enumerate(reversed(body)))
    return (total + last) % 11 == 0


def mod97(digits: str) -> bool:
    """The whole number leaves 1 when divided by 97, as in ISO 7064 MOD 97-10."""
    return int(digits) % 97 == 1


ALGORITHMS: Mapping[str, Callable[[str], bool]] = {"mod10": mod10, "mod11": mod11, "mod97": mod97}


def complete(body: str, algorithm: str) -> str:
    """The body with check digits that make it right; for samples and simulations.

    Raises ValueError for a body that no check digit makes right (mod11 only).
    """
    width = 2 if algorithm == "mod97" else 1
    for number in range(10**width):
        whole = f"{body}{number:0{width}d}"
        if ALGORITHMS[algorithm](_digits(whole)):
            return whole
    raise ValueError(f"no check digit for {body}")


def _digits(reference: str) -> str:
    """Letters count as 10 to 35, as in an IBAN."""
    return "".join(str(int(char, 36)) for char in reference)
