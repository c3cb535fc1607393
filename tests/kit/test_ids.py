"""Identifiers: ordered in time, unique in a rush; public numbers check themselves."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from paydesk.kit import clock, ids


def test_uuid7_carries_the_moment_and_version() -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)
    with clock.travel(at):
        made = ids.uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == int(at.timestamp() * 1000)


def test_uuid7_keeps_order_within_a_millisecond_and_past_the_counter() -> None:
    with clock.travel(datetime(2031, 1, 1, tzinfo=UTC)):
        made = [ids.uuid7() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_uuid7_is_unique_across_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ids.uuid7(), range(20_000)))
    assert len(set(made)) == len(made)


def test_many_at_once_keep_their_order() -> None:
    made = [*ids.uuid7s(5_000), ids.uuid7()]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


_FORKED = """
import os
from paydesk.kit import ids

ids.uuid7()
out, into = os.pipe()
if os.fork() == 0:
    os.write(into, f"{ids.uuid7()} {ids.public_number(18)}".encode())
    os._exit(0)
print(ids.uuid7(), ids.public_number(18), os.read(out, 200).decode())
"""


def test_a_forked_child_draws_nothing_of_its_parent() -> None:
    said = subprocess.run(
        [sys.executable, "-c", _FORKED], check=True, capture_output=True, text=True
    )
    ours, number, theirs, their_number = said.stdout.split()
    assert ours[-16:] != theirs[-16:]
    assert number != their_number


@given(st.integers(4, 18))
def test_public_numbers_have_their_length_and_check(digits: int) -> None:
    number = ids.public_number(digits)
    assert len(number) == digits
    assert number[0] != "0"
    assert ids.is_public_number(number)


def test_no_public_number_passes_for_a_card() -> None:
    for _ in range(2_000):
        doubled = [int(digit) for digit in ids.public_number(14)]
        doubled[-2::-2] = [digit * 2 - 9 * (digit > 4) for digit in doubled[-2::-2]]
        assert sum(doubled) % 10


@given(st.integers(4, 12), st.data())
def test_one_wrong_digit_shows(digits: int, data: st.DataObject) -> None:
    number = ids.public_number(digits)
    place = data.draw(st.integers(0, digits - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert not ids.is_public_number(number[:place] + other + number[place + 1 :])
