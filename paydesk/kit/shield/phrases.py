"""Finds wallet recovery phrases: twelve or more words of a BIP-39 list in a row.

English words may be numbered or on lines of their own. Chinese words are single characters, of
which any sentence is made, so they count when written apart, or after the word for such a phrase
with a right checksum.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from mnemonic import Mnemonic

from paydesk.kit.shield.kinds import Finding, Kind

_LENGTHS = (12, 15, 18, 21, 24)
_SHORTEST = 12
_SHORTEST_NAMED = 6
"""A part of a phrase is worth hiding when the text calls it one."""

_ENGLISH = re.compile(r"[A-Za-z]+")
_BETWEEN = re.compile(r"[\s,;.:、|\-]{0,3}(?:\(?\d{1,2}[.):、]?[\s]{0,2})?[\s\"']{0,2}")
_NAMED = re.compile(
    r"助记词|恢复(?:短语|词)|种子词|(?:recovery|seed|secret|backup)\s(?:recovery\s)?(?:phrase|words)|mnemonic",
    re.IGNORECASE,
)
_APART = re.compile(r"(?:[\u4e00-\u9fff][\s,、]{1,2}){11,}[\u4e00-\u9fff]")
_TOGETHER = re.compile(r"[\u4e00-\u9fff]{12,24}(?![\u4e00-\u9fff])")
_REACH = 40
_MOST_NAMED = 200
"""How often the word for a phrase is followed up: bounds the checksums a hostile text costs."""
_CHINESE = ("chinese_simplified", "chinese_traditional")


@cache
def _list(language: str) -> Mnemonic:
    return Mnemonic(language)


@cache
def _words(language: str) -> frozenset[str]:
    return frozenset(_list(language).wordlist)


def find(text: str, source: str) -> Iterator[Finding]:
    """Recovery phrases in a plain view. `source` is the same text with Chinese digits kept."""
    yield from _english(text)
    for start, end in _chinese(source):
        yield Finding(start, end, Kind.RECOVERY_PHRASE)


def _english(text: str) -> Iterator[Finding]:
    known = _words("english")
    run: list[tuple[int, int]] = []
    for match in _ENGLISH.finditer(text):
        word = match.group().lower()
        joined = bool(run) and _joins(text, run[-1][1], match.start())
        if word in known and (joined or not run):
            run.append(match.span())
            continue
        yield from _phrase(text, run)
        run = [match.span()] if word in known else []
    yield from _phrase(text, run)


def _joins(text: str, end: int, start: int) -> bool:
    between = _BETWEEN.match(text, end)
    return between is not None and between.end() == start and start > end


def _phrase(text: str, run: list[tuple[int, int]]) -> Iterator[Finding]:
    if len(run) < _SHORTEST_NAMED:
        return
    start, end = run[0][0], run[-1][1]
    named = _NAMED.search(text, max(0, start - _REACH), start)
    if len(run) >= _SHORTEST or named:
        yield Finding(start, end, Kind.RECOVERY_PHRASE)


def _chinese(text: str) -> Iterator[tuple[int, int]]:
    for match in _APART.finditer(text):
        characters = [char for char in match.group() if not char.isspace() and char not in ",、"]
        if any(_words(name).issuperset(characters) for name in _CHINESE):
            yield match.span()
    for named in islice(_NAMED.finditer(text), _MOST_NAMED):
        for match in _TOGETHER.finditer(text, named.end(), named.end() + _REACH + 24):
            yield from _ending(text, match.start(), match.end())


def _ending(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A phrase written together: the characters before it ("是…") are not part of it."""
    for length in reversed(_LENGTHS):
        first = end - length
        if first >= start and any(_checks(text[first:end], name) for name in _CHINESE):
            yield first, end
            return


def _checks(characters: str, language: str) -> bool:
    return _words(language).issuperset(characters) and _list(language).check(" ".join(characters))
