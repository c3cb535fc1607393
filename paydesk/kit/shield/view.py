"""A plain view of a text in which disguised characters look like what they mean.

Full-width and other scripts' digits become 0-9, every dash a hyphen, every space a space,
Chinese digits digits, and characters of no width disappear. Each place of the view knows its
place in the text. It finds nothing itself.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_DASHES = "‐‑‒–—―−﹘﹣－ー"
_SPACES = "\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_DOTS = "·•∙．。｡"
_CHINESE = dict(
    zip("零一二三四五六七八九〇壹贰叁肆伍陆柒捌玖幺两", "0123456789012345678912", strict=True)
)
_NO_WIDTH = frozenset(
    "\u00ad\u034f\u180e\u20e3\ufeff"
    + "".join(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070))))
    + "".join(map(chr, range(0xFE00, 0xFE10)))
)

_LAST_DIGIT = 0x1FC00
"""Beyond the last digit that Unicode knows."""


def _table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for code in range(0x80, _LAST_DIGIT):
        digit = unicodedata.digit(chr(code), -1)
        if digit >= 0:
            table[code] = str(digit)
    table |= {ord(dash): "-" for dash in _DASHES}
    table |= {ord(space): " " for space in _SPACES}
    table |= {ord(dot): "." for dot in _DOTS if dot != "。"}
    table |= {ord(numeral): digit for numeral, digit in _CHINESE.items()}
    return table


_TABLE = _table()


@dataclass(frozen=True, slots=True)
class View:
    """`text` to search in; `origin[n]` is where its n-th character stands in the source.

    `origin` has one place more: the end of the source.
    """

    text: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of the source for a part of the view, with what has no width after it."""
        return self.origin[start], self.origin[end]


def view_of(text: str) -> View:
    """The plain view of a text, in time linear in its length."""
    if text.isascii():
        return View(text, range(len(text) + 1))
    plain = text.translate(_TABLE)
    if _NO_WIDTH.isdisjoint(plain):
        return View(plain, range(len(plain) + 1))
    origin = [place for place, char in enumerate(plain) if char not in _NO_WIDTH]
    kept = "".join(plain[place] for place in origin)
    return View(kept, [*origin, len(plain)])
