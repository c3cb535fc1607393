"""Exact amounts: no quote ever gives more than the rate, whichever side was typed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paydesk.money.exchange.rules import (
    DIGITS,
    Declared,
    Field,
    NothingLeft,
    Side,
    amounts,
    asked_for,
    inverse,
    is_stale,
    missing,
    offered,
)

MIDS = st.decimals("0.000020", "60000", places=9).filter(lambda mid: mid > 0)
MARGINS = st.integers(0, 1500)
PLACES = st.sampled_from([0, 2, 3])
SMALL = st.integers(1, 10**12)


def worth(minor: int, mid: Decimal, places: int, other: int) -> Fraction:
    """What minor units are worth in the other currency's minor units at the middle rate."""
    return Fraction(minor) * Fraction(mid) * Fraction(10) ** (other - places)


@given(MIDS, MARGINS)
def test_what_is_offered_is_never_above_the_middle_less_the_margin(mid: Decimal, bp: int) -> None:
    rate = offered(mid, bp)
    assert Fraction(rate) <= Fraction(mid) * (10_000 - bp) / 10_000
    assert Fraction(rate) >= Fraction(mid) * (10_000 - bp) / 10_000 * (1 - Fraction(2, 10**5))
    assert len(rate.normalize().as_tuple().digits) <= DIGITS


@given(MIDS, MARGINS, SMALL, PLACES, PLACES)
def test_a_typed_payment_gets_no_more_than_the_rate(
    mid: Decimal, bp: int, pay: int, from_places: int, to_places: int
) -> None:
    rate = offered(mid, bp)
    try:
        both = amounts(Side.PAY, pay, rate, pay_places=from_places, get_places=to_places)
    except NothingLeft:
        assert worth(pay, rate, from_places, to_places) < 1
        return
    assert both.pay == pay
    assert both.get <= worth(pay, rate, from_places, to_places) < both.get + 1
    assert both.get <= worth(pay, mid, from_places, to_places)


@given(MIDS, MARGINS, SMALL, PLACES, PLACES)
def test_a_typed_receipt_costs_no_less_than_the_rate(
    mid: Decimal, bp: int, get: int, from_places: int, to_places: int
) -> None:
    rate = offered(mid, bp)
    both = amounts(Side.GET, get, rate, pay_places=from_places, get_places=to_places)
    assert both.get == get
    assert worth(both.pay, rate, from_places, to_places) >= get
    assert worth(both.pay - 1, rate, from_places, to_places) < get  # and not one unit too much


@given(MIDS, MARGINS, st.integers(1, 10**9))
def test_there_and_back_never_makes_money(mid: Decimal, bp: int, pay: int) -> None:
    there, back = offered(mid, bp), offered(inverse(mid), bp)
    try:
        out = amounts(Side.PAY, pay, there, pay_places=2, get_places=2)
        home = amounts(Side.PAY, out.get, back, pay_places=2, get_places=2)
    except NothingLeft:
        return
    assert home.get <= pay


@pytest.mark.parametrize(("mid", "bp"), [("0", 0), ("-1", 0), ("1", 10_000), ("1", -1)])
def test_no_rate_of_nothing(mid: str, bp: int) -> None:
    with pytest.raises(ValueError, match="no rate"):
        offered(Decimal(mid), bp)


def test_a_border_asks_and_home_does_not() -> None:
    assert asked_for("CN", "CN", large=True) == frozenset()
    assert asked_for("GB", "CN") == {Field.PURPOSE}
    assert Field.SOURCE_OF_FUNDS in asked_for("GB", "CN", large=True)
    assert asked_for("BR", "CN") == {Field.PURPOSE, Field.RELATIONSHIP, Field.ADDRESS}


def test_what_is_missing_is_named_in_the_form_s_order() -> None:
    said = Declared("US", address="短")
    assert missing(said, "CN") == [Field.PURPOSE, Field.ADDRESS]
    assert missing(Declared("US", "made_up", address="1 Main Street"), "CN") == [Field.PURPOSE]
    assert missing(Declared("US", "study", address="1 Main Street"), "CN") == []


def test_an_old_rate_is_stale() -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert not is_stale(now - timedelta(minutes=15), now, 15)
    assert is_stale(now - timedelta(minutes=15, seconds=1), now, 15)
