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
    back = taken = 0
    for part in parts:
        back = min(back + part, paid)
        taken += shares.next_share(got, paid, back, taken)
        assert got * back <= taken * paid < got * back + paid  # less than a unit above the rate
    assert taken + shares.next_share(got, paid, paid, taken) == got


def test_small_parts_are_taken_once_a_unit() -> None:
    """Seven fen to a cent."""
    taken = [0]
    for back in range(1, 8):
        taken.append(shares.next_share(1, 7, back, sum(taken)))
    assert taken == [0, 1, 0, 0, 0, 0, 0, 0]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(SUMS, SUMS, st.tuples(PARTS, PARTS, PARTS), st.integers(0, 2))
def test_a_part_that_is_set_free_leaves_less_than_a_unit_to_the_next(
    got: int, paid: int, parts: tuple[int, ...], free: int
) -> None:
    """Held between other parts, and let go after them."""
    backs, takens = [0], [0]
    for part in parts:
        back = min(part, paid - sum(backs))
        takens.append(shares.next_share(got, paid, sum(backs) + back, sum(takens)))
        backs.append(back)
    del backs[free + 1], takens[free + 1]
    back, taken = sum(backs), sum(takens)
    assert abs(taken - shares.share(got, paid, back)) <= 1
    assert taken + shares.next_share(got, paid, paid, taken) == got


@given(SUMS, SUMS, SUMS, st.integers(0, 10**12))
def test_what_is_left_is_enough_for_the_most_and_for_no_more(
    got: int, paid: int, back: int, left: int
) -> None:
    given_ = shares.share(got, paid, min(back, paid))
    most = shares.most(got, paid, given_, left)
    assert shares.next_share(got, paid, most, given_) <= left
    assert shares.next_share(got, paid, most + 1, given_) > left
