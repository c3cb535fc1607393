"""Whether two names are the same person's, however they are written. Pure.

A bank writes ZHANG SAN or San Zhang, drops accents and dots, and knows no middle initial rules:
what is compared is the set of words without case, marks and punctuation. Never guesses: another
word is another name.
"""

import unicodedata

_SPECIAL = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ð": "d"})


def same_name(one: str, other: str) -> bool:
    """Whether both name the same person: equal words, in any order and style of writing."""
    first, second = words(one), words(other)
    if not first or not second:
        return False
    return sorted(first) == sorted(second) or "".join(first) == "".join(second)


def words(name: str) -> list[str]:
    """The words of a name as they are compared."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_SPECIAL)
    kept = (_letter(char) for char in plain)
    return "".join(kept).split()


def _letter(char: str) -> str:
    """A letter as it is, nothing for a mark, a gap for what stands between words.

    The dot inside names of western China is written ·, • or ‧, or left out: it joins.
    """
    kind = unicodedata.category(char)[0]
    if kind in "LN":
        return char
    if kind == "M" or char in "'’ʼ`.·•‧・":
        return ""
    return " "
