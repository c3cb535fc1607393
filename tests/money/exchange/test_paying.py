"""Using quotes: both legs or none, once, in time, and no more than there is liquidity for."""

from datetime import timedelta

import pytest

from paydesk.kit import clock, ids
from paydesk.money.exchange import queries
from paydesk.money.exchange.models import Quote, Rate
from paydesk.money.exchange.queries import NoRate
from paydesk.money.exchange.rules import Declared, Side
from paydesk.money.exchange.sources import simulated
from paydesk.money.ledger.models import Account, Transfer
from paydesk.money.ledger.verify import verify
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from tests.factories import CustomerFactory, StaffFactory
from tests.money.exchange.helpers import convert, liquidity, quote, rates, remit
from tests.money.payments.helpers import available, fund, key, send

pytestmark = pytest.mark.usefixtures("committed_db")
REMITTANCE = PaymentKind.REMITTANCE


@pytest.fixture
def market(staff_factory: StaffFactory) -> None:
    """Rates, and dollars to serve from."""
    rates()
    liquidity(staff_factory, 1_000_000, "USD")


def sums() -> dict[str, int]:
    """All accounts of the brand together, by currency."""
    found: dict[str, int] = {}
    for account in Account.objects.filter(brand="topay"):
        found[account.currency] = found.get(account.currency, 0) + account.posted
    return found


def test_two_legs_and_every_currency_still_sums_to_zero(
    market: None, customer_factory: CustomerFactory
) -> None:
    customer = customer_factory()
    fund(customer, 100_000)
    offer = quote(customer, 50_000)
    outcome = convert(offer)
    assert outcome.state is PaymentState.SUCCEEDED, outcome
    assert available(customer) == 100_000 - 50_000 - offer.fee
    assert available(customer, "USD") == offer.get_amount
    assert queries.liquidity("topay") == {"CNY": 50_000, "USD": 1_000_000 - offer.get_amount}
    assert set(sums().values()) == {0}
    payment = Payment.objects.get(id=outcome.id)
    assert (payment.received_amount, payment.received_currency) == (offer.get_amount, "USD")
    assert Transfer.objects.filter(id=ids.sibling(payment.id, "received"), outcome=0).exists()
    assert not verify().breaks


def test_a_payment_across_a_border_takes_its_fee_on_top(
    market: None, customer_factory: CustomerFactory
) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 100_000)
    offer = quote(payer, 5_000, side=Side.GET, kind=REMITTANCE)
    assert offer.fee > 0
    outcome = remit(offer, payee.number)
    assert outcome.state is PaymentState.SUCCEEDED, outcome
    assert available(payee, "USD") == 5_000
    assert available(payer) == 100_000 - offer.pay_amount - offer.fee
    assert set(sums().values()) == {0}
    declared = queries.declaration(outcome.id)
    assert declared
    assert (declared.country, declared.purpose) == ("US", "study")


def test_a_lapsed_quote_is_refused_and_nothing_moves(
    market: None, customer_factory: CustomerFactory
) -> None:
    """Row 35."""
    customer = customer_factory()
    fund(customer, 100_000)
    with clock.travel(clock.now() - timedelta(seconds=61)):
        rates()
        offer = quote(customer, 50_000)
    outcome = convert(offer)
    assert (outcome.state, outcome.reason) == (PaymentState.FAILED, Reason.QUOTE_LAPSED)
    assert outcome.facts == {"until": offer.expires_at.isoformat(), "quote": str(offer.id)}
    assert available(customer) == 100_000


def test_a_quote_is_used_once(market: None, customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    fund(customer, 200_000)
    offer = quote(customer, 50_000)
    first = convert(offer)
    again = convert(offer)
    assert again.reason is Reason.DUPLICATE
    assert again.facts["first"] == first.number
    assert available(customer) == 150_000


def test_the_same_request_is_answered_again_and_another_conflicts(
    market: None, customer_factory: CustomerFactory
) -> None:
    customer, mine = customer_factory(), key()
    fund(customer, 200_000)
    offer = quote(customer, 50_000)
    first = convert(offer, key=mine)
    assert convert(offer, key=mine).id == first.id
    with pytest.raises(RequestConflict):
        convert(quote(customer, 10_000), key=mine)


def test_without_liquidity_neither_leg_moves(
    market: None, customer_factory: CustomerFactory
) -> None:
    """Row 36; how much there is stays with the treasury."""
    customer = customer_factory()
    fund(customer, 10_000_000)
    offer = quote(customer, 9_000_000)
    assert offer.get_amount > 1_000_000
    outcome = convert(offer)
    assert outcome.reason is Reason.NO_LIQUIDITY
    assert outcome.facts == {"amount": offer.get_amount, "currency": "USD"}
    assert available(customer) == 10_000_000
    assert queries.liquidity("topay") == {"CNY": 0, "USD": 1_000_000}


def test_too_little_in_the_wallet_is_the_payer_s_own_shortage(
    market: None, customer_factory: CustomerFactory
) -> None:
    customer = customer_factory()
    fund(customer, 1_000)
    outcome = convert(quote(customer, 5_000))
    assert outcome.reason is Reason.BALANCE_SHORT
    assert outcome.facts["short"] == 4_000


@pytest.mark.parametrize(
    ("declared", "missing"),
    [
        (Declared("US"), ["purpose", "address"]),
        (Declared("ZZ", "study", "family", "12 Elm Street"), ["country"]),
        (None, ["country", "purpose", "relationship", "address"]),
    ],
)
def test_what_the_border_asks_for_is_named(
    market: None,
    customer_factory: CustomerFactory,
    declared: Declared | None,
    missing: list[str],
) -> None:
    """Row 39. The quote stays free for another try."""
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 100_000)
    offer = quote(payer, 5_000, kind=REMITTANCE)
    outcome = remit(offer, payee, declared=declared)
    assert outcome.reason is Reason.CROSS_BORDER_DATA
    assert outcome.facts["missing"] == missing
    assert remit(offer, payee).state is PaymentState.SUCCEEDED


def test_large_sums_say_where_they_come_from(
    staff_factory: StaffFactory, customer_factory: CustomerFactory
) -> None:
    rates()
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 30_000_000)
    offer = quote(payer, 15_000_000, kind=REMITTANCE)
    assert remit(offer, payee).facts["missing"] == ["source_of_funds"]


@pytest.mark.parametrize("who", ["nobody@example.com", "self"])
def test_recipients_that_can_t_be_paid(
    market: None, customer_factory: CustomerFactory, who: str
) -> None:
    payer = customer_factory()
    fund(payer, 100_000)
    outcome = remit(quote(payer, 5_000, kind=REMITTANCE), payer.number if who == "self" else who)
    wanted = Reason.TO_SELF if who == "self" else Reason.RECIPIENT_UNKNOWN
    assert outcome.reason is wanted


def test_a_stale_or_missing_rate_is_not_quoted(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    with pytest.raises(NoRate):
        quote(customer, 5_000)
    rates()
    quote(customer, 5_000)
    simulated.tell("topay", "USD", silent=True)
    with clock.travel(clock.now() + timedelta(minutes=20)):
        assert queries.pairs("topay") == [("CNY", "USD")]
        with pytest.raises(NoRate):
            quote(customer, 5_000)


def test_a_quote_is_made_of_the_rate_it_names(customer_factory: CustomerFactory) -> None:
    rates()
    customer = customer_factory()
    for pay, get in (("CNY", "USD"), ("USD", "CNY")):
        offer = quote(customer, 5_000, pay=pay, get=get)
        mid = Rate.objects.get(id=offer.mid_id).mid
        exact = 5_000 * mid if pay == "CNY" else 5_000 / mid
        assert offer.get_amount <= exact * (10_000 - offer.margin_bp) / 10_000
        assert offer.get_amount >= exact * (10_000 - offer.margin_bp) / 10_000 * 999 / 1000 - 1


def test_the_market_moves_as_it_is_told() -> None:
    rates()
    before = queries.rate("topay", "USD", "CNY").mid
    simulated.tell("topay", "USD", shift_bp=500)
    with clock.travel(clock.now() + timedelta(minutes=1)):
        rates()
        after = queries.rate("topay", "USD", "CNY").mid
    assert after > before * 103 / 100


@pytest.mark.parametrize("side", list(Side))
def test_only_one_retry_of_an_exchange_succeeds(
    market: None, customer_factory: CustomerFactory, side: Side
) -> None:
    """Each try has a quote of its own, so that a quote's being used once is not enough."""
    customer = customer_factory()

    def wanted(amount: int = 20_000) -> Quote:
        return quote(customer, amount, side=side)

    failed = Payment.objects.get(id=convert(wanted()).id)
    assert failed.reason == Reason.BALANCE_SHORT
    fund(customer, 1_000_000)
    done = convert(wanted(), retry_of=failed)
    assert done.state is PaymentState.SUCCEEDED, done
    again = convert(wanted(), retry_of=failed)
    assert (again.reason, again.facts["first"]) == (Reason.DUPLICATE, done.number)
    assert convert(wanted(19_999), retry_of=failed).ok


def test_a_transfer_tried_again_in_its_payees_currency_succeeds_once(
    market: None, customer_factory: CustomerFactory
) -> None:
    """Row 34: what failed was a transfer, what is tried again is a remittance."""
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 100_000)
    failed = Payment.objects.get(id=send(payer, payee, 200_000).id)
    assert failed.reason == Reason.BALANCE_SHORT
    fund(payer, 900_000)
    done = remit(quote(payer, 200_000, kind=REMITTANCE), payee, retry_of=failed)
    assert done.state is PaymentState.SUCCEEDED, done
    again = remit(quote(payer, 200_000, kind=REMITTANCE), payee, retry_of=failed)
    assert (again.reason, again.facts["first"]) == (Reason.DUPLICATE, done.number)
    assert send(payer, payee, 200_000, retry_of=failed).reason is Reason.DUPLICATE
