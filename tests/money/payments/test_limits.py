"""Limits by identity level, what is left of them, and fees: rules, and through real transfers."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from paydesk.brands import profiles
from paydesk.brands.spending import Fee
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger import queries as ledger
from paydesk.money.payments import accounts, fees, limits, rules
from paydesk.money.payments.checks import Period
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.people import actions as people
from tests.factories import CustomerFactory
from tests.money.payments.helpers import available, fund, send

ZONE = "America/New_York"


@pytest.mark.parametrize(
    ("price", "amount", "costs"),
    [
        (Fee(10, 0, 0, 10**15), 100_000, 100),
        (Fee(10, 0, 0, 10**15), 499, 0),
        (Fee(10, 0, 0, 10**15), 500, 1),  # half a unit is rounded up
        (Fee(10, 0, 100, 2_500), 500, 100),
        (Fee(10, 0, 100, 2_500), 10**9, 2_500),
        (Fee(0, 30, 0, 10**15), 10**9, 30),
        (Fee(30, 2_000, 0, 10**15), 100_000, 2_300),
    ],
)
def test_a_price(price: Fee, amount: int, costs: int) -> None:
    assert fees.of_price(price, amount) == costs


def test_what_is_not_priced_is_free() -> None:
    assert fees.fee(profiles.get("topay"), "transfer", 10_000, "CNY") == 0
    assert fees.fee(profiles.get("gopay"), "withdrawal", 10_000, "USD") == 50


@pytest.mark.parametrize(
    ("at", "period", "start", "end"),
    [
        # The day on which New York's clocks go forward has 23 hours.
        ("2027-03-14T12:00", Period.DAY, "2027-03-14T05:00", "2027-03-15T04:00"),
        ("2027-03-14T12:00", Period.MONTH, "2027-03-01T05:00", "2027-04-01T04:00"),
        ("2026-12-31T23:30", Period.MONTH, "2026-12-01T05:00", "2027-01-01T05:00"),
        ("2027-01-01T03:00", Period.MONTH, "2026-12-01T05:00", "2027-01-01T05:00"),
        ("2027-01-31T12:00", Period.MONTH, "2027-01-01T05:00", "2027-02-01T05:00"),
    ],
)
def test_periods_are_cut_in_the_zone(at: str, period: Period, start: str, end: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert rules.period_start(moment, period, ZONE).isoformat()[:16] == start
    assert rules.period_end(moment, period, ZONE).isoformat()[:16] == end


@pytest.mark.usefixtures("committed_db")
def test_the_month_is_counted(customer_factory: CustomerFactory) -> None:
    may = profiles.get("topay").limits["CNY"].of(0)
    zone = ZoneInfo(profiles.get("topay").timezone)
    last = (datetime.now(zone).replace(day=1, hour=12) - timedelta(days=1)).replace(day=20)
    with clock.travel(last.replace(day=10)):
        payer, payee = customer_factory(), customer_factory()
        fund(payer, may.month + may.day)
        for _ in range(may.month // may.single):
            assert send(payer, payee, may.single, again=True).ok
            clock.advance(timedelta(hours=12))
        outcome = send(payer, payee, 1, again=True)
        assert outcome.reason is Reason.LIMIT_MONTH
        assert (outcome.facts["used"], outcome.facts["left"]) == (may.month, 0)
        [single, day, month] = limits.left(payer, "CNY")
        assert (single.left, month.left) == (may.single, 0)
        assert 0 <= day.left == may.day - day.used
        assert month.free_at is not None
        assert outcome.facts["until"] == month.free_at.isoformat()
    with clock.travel(month.free_at):
        assert send(payer, payee, 1, again=True).ok


@pytest.mark.usefixtures("committed_db")
def test_a_higher_level_may_send_more(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    low, high = (profiles.get("topay").limits["CNY"].of(level) for level in (0, 1))
    fund(payer, high.single)
    assert send(payer, payee, low.single + 1).reason is Reason.LIMIT_SINGLE
    people.set_identity_level(payer, level=1, actor=SYSTEM("topay"))
    payer.refresh_from_db()
    assert send(payer, payee, low.single + 1).ok
    assert limits.left(payer, "CNY")[1].used == low.single + 1


@pytest.mark.usefixtures("committed_db")
def test_a_level_that_may_send_nothing_is_told_so(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(brand="gopay"), customer_factory(brand="gopay")
    fund(payer, 1_000, "EUR")
    fund(payee, 1_000, "EUR")
    outcome = send(payer, payee, 100, currency="EUR")
    assert outcome.reason is Reason.IDENTITY_UNFINISHED
    assert outcome.facts == {"level": 0, "needed": 1, "currency": "EUR"}
    assert limits.left(payer, "EUR")[0].needed == 1
    people.set_identity_level(payer, level=1, actor=SYSTEM("gopay"))
    payer.refresh_from_db()
    assert send(payer, payee, 100, currency="EUR").ok


@pytest.mark.usefixtures("committed_db")
def test_a_fee_goes_to_the_house_with_the_transfer_or_not_at_all(
    customer_factory: CustomerFactory,
) -> None:
    payer = customer_factory(brand="gopay", identity_level=1)
    payee = customer_factory(brand="gopay")
    fund(payer, 10_050, "EUR")
    fund(payee, 1, "EUR")
    house = accounts.chart("gopay").fees("EUR")
    outcome = send(payer, payee, 10_000, currency="EUR")  # the fee would be 50
    assert outcome.ok
    payment = Payment.objects.get(id=outcome.id)
    assert (payment.amount, payment.fee) == (10_000, 50)
    assert (available(payer, "EUR"), available(payee, "EUR")) == (0, 10_001)
    assert ledger.balance(house).posted == 50
    fund(payer, 10_049, "EUR")
    short = send(payer, payee, 10_000, currency="EUR", again=True)
    assert short.reason is Reason.BALANCE_SHORT
    assert (short.facts["amount"], short.facts["short"]) == (10_050, 1)
    assert available(payer, "EUR") == 10_049
    assert ledger.balance(house).posted == 50
