"""Shares of a payment across currencies that goes back in parts."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paydesk.money.payments import shares

SUMS, PARTS = st.integers(1, 10**12), st.integers(1, 10**11)


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine even numbers are
@given(SUMS, SUMS, st.tuples(PARTS, PARTS, PARTS))
def test_parts_follow_the_rate_and_never_exceed_what_was_got(
    got: int, paid: int, parts: tuple[int, ...]
) -> None:
    before = taken = 0
    for part in parts:
        amount = min(part, paid - before)
        taken += shares.next_share(got, paid, before, amount)
        before += amount
        assert got * before <= taken * paid < got * before + paid  # less than a unit above the rate
    assert taken + shares.next_share(got, paid, before, paid - before) == got


def test_small_parts_are_taken_once_a_unit() -> None:
    """Seven fen to a cent."""
    assert [shares.next_share(1, 7, before, 1) for before in range(7)] == [1, 0, 0, 0, 0, 0, 0]
