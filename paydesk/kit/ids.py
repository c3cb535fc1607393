"""The only source of identifiers: UUIDv7 of our clock, and public numbers people can read out.

Never derive one from the other: a public number is random, so it tells nothing of volume.
"""

import hashlib
import os
import struct
import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from paydesk.kit import clock

_COUNTER_BITS = 12


class _Randomness:
    """Random bits of the kernel, fetched by the page: to fetch each number costs more than the
    rest of it. What is left of a page is never shared with a forked child."""

    _PAGE = struct.Struct("512Q")

    def __init__(self) -> None:
        self._words: list[int] = []
        os.register_at_fork(after_in_child=self._words.clear)

    def word(self) -> int:
        """64 random bits."""
        try:
            return self._words.pop()  # in one step: no other thread gets the same
        except IndexError:
            page: tuple[int, ...] = self._PAGE.unpack(os.urandom(self._PAGE.size))
            self._words += page[1:]
            return page[0]

    def below(self, bound: int) -> int:
        """A random number from 0 to `bound` - 1, for bounds far below 2**64: none is likelier
        than another by more than bound / 2**64."""
        return self.word() * bound >> 64


class _Sequence:
    """Hands out (millisecond, counter) pairs that never go back while the clock does not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millis = 0
        self._counter = 0

    def next(self, moment: int) -> tuple[int, int]:
        """The next pair at or after `moment` (milliseconds since 1970)."""
        with self._lock:
            if moment > self._millis or self._millis - moment > 1000:
                self._millis, self._counter = moment, _randomness.below(1 << _COUNTER_BITS - 1)
            else:
                self._counter += 1
                if self._counter >> _COUNTER_BITS:
                    self._millis, self._counter = self._millis + 1, 0
            return self._millis, self._counter


_randomness = _Randomness()
_sequence = _Sequence()


def uuid7() -> UUID:
    """A UUIDv7 (RFC 9562, method 1): 48 bits of milliseconds, a 12-bit counter, 62 random bits.

    Ids made in one process within one millisecond keep their order; when the counter runs out
    the next millisecond is borrowed. A clock set back (simulation) simply starts over.
    """
    return _uuid7_at(int(clock.now().timestamp() * 1000))


def uuid7s(count: int) -> list[UUID]:
    """As many as that, in their order, of one look at the clock."""
    moment = int(clock.now().timestamp() * 1000)
    return [_uuid7_at(moment) for _ in range(count)]


def _uuid7_at(moment: int) -> UUID:
    millis, counter = _sequence.next(moment)
    value = millis << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | _randomness.word() >> 2
    return UUID(int=value)


def sibling(of: UUID, name: str) -> UUID:
    """The UUIDv7 with the same time as `of` that `name` always gives it: for what belongs to one
    thing and must get the same id whenever it is made again (the post of a hold, a fee)."""
    digest = hashlib.sha256(of.bytes + name.encode()).digest()
    rest = int.from_bytes(digest[:10])
    value = of.int >> 80 << 80 | 0x7 << 76 | (rest >> 64 & 0xFFF) << 64
    return UUID(int=value | 0b10 << 62 | rest & (1 << 62) - 1)


def siblings_within(of: UUID) -> tuple[UUID, UUID]:
    """The least and the greatest id that `of` and its siblings can have: those of its moment."""
    least = of.int >> 80 << 80
    return UUID(int=least), UUID(int=least | (1 << 80) - 1)


def public_number(digits: int) -> str:
    """A random decimal number of `digits` digits whose last digit checks the others.

    The first digit is never 0. The check is ISO 7064 MOD 11,10; a number that would also pass
    the check of card numbers (Luhn) is not used, so that none of ours is ever taken for a card.
    """
    least = 10 ** (digits - 2)
    while True:
        body = str(least + _randomness.below(9 * least))
        number = body + check_digit(body)
        if not _passes_luhn(number):
            return number


_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Twice a digit, its own digits added up."""


def _passes_luhn(number: str) -> bool:
    digits = number[::-2] + number[-2::-2].translate(_DOUBLED)
    return sum(digits.encode()) % 10 == ord("0") * len(digits) % 10


def _check_states() -> dict[str, Any]:
    """ISO 7064 MOD 11,10 as an automaton: from a state, by a digit, to the next; by "", the check
    digit of what was read. Answers the state before any digit."""
    states: list[dict[str, Any]] = [{"": str((11 - product) % 10)} for product in range(11)]
    for product, state in enumerate(states):
        for digit in range(10):
            state[str(digit)] = states[((digit + product) % 10 or 10) * 2 % 11]
    return states[10]


_START = _check_states()


def check_digit(body: str) -> str:
    """The ISO 7064 MOD 11,10 check digit of a decimal string."""
    state = _START
    for digit in body:
        state = state[digit]
    return str(state[""])


def is_public_number(text: str) -> bool:
    """Whether `text` is a decimal number with a right check digit."""
    return (
        len(text) > 1 and text.isascii() and text.isdigit() and check_digit(text[:-1]) == text[-1]
    )


def first_at(moment: datetime) -> UUID:
    """A bound: every UUIDv7 made at `moment` or later is greater, to the millisecond."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def moment_of(value: UUID) -> datetime:
    """The moment at which a UUIDv7 was made, to the millisecond, in UTC."""
    return datetime.fromtimestamp((value.int >> 80) / 1000, UTC)
