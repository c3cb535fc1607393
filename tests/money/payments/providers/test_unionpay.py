"""UnionPay through its adapter, the hook and settling: certificates, states, codes, refunds."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest

from paydesk.kit import clock
from paydesk.money.payments.models import ProviderNotification
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import Said
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.harness.gateways import certificates
from tests.harness.gateways.base import Fault
from tests.harness.gateways.unionpay import STRANGER, SUBJECT, THEIRS, UnionPayGateway
from tests.money.payments.helpers import available
from tests.money.payments.providers.flows import (
    AMOUNT,
    ask,
    deliver,
    now,
    refund_order,
    started,
)

pytestmark = pytest.mark.usefixtures("committed_db")
WAITS = {"requires_action", "processing"}
PAGE = "unionpay:page"


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    return customer_factory()


def test_paid_on_their_page_and_told(unionpay: UnionPayGateway, payer: Customer) -> None:
    attempt = started(payer, PAGE)
    assert attempt.action["url"] == f"{unionpay.url}/gateway/api/frontTransReq.do"
    assert ask(attempt)[0] in WAITS  # nobody came to their page yet
    trade = unionpay.visit(attempt.action["fields"])
    assert (trade.number, trade.amount) == (attempt.id.hex, AMOUNT)
    assert ask(attempt)[0] in {"processing", "unknown"}
    unionpay.pay(trade.number)
    raw = unionpay.notification(trade.number)
    assert deliver("unionpay", raw) == 200
    assert now(attempt) == ("succeeded", "")
    assert bytes(ProviderNotification.objects.get().raw) == raw
    assert deliver("unionpay", raw) == 200
    assert available(payer) == AMOUNT


def _changed(raw: bytes, **fields: str) -> bytes:
    return urlencode(dict(parse_qsl(raw.decode())) | fields).encode()


def _self_made(gateway: UnionPayGateway, number: str) -> bytes:
    """With the right name in it, but issued by nobody we trust."""
    own = certificates.make(STRANGER, SUBJECT)
    return gateway.notification(number, signer=STRANGER, certificate=own)


def _of_another_name(gateway: UnionPayGateway, number: str) -> bytes:
    """From the right authority, but made for somebody else."""
    other = certificates.make(STRANGER, "041@Z12@某某商户@1", issuer="up-authority")
    return gateway.notification(number, signer=STRANGER, certificate=other)


def _lapsed(gateway: UnionPayGateway, number: str) -> bytes:
    since = clock.now() - timedelta(days=800)
    old = certificates.make(THEIRS, SUBJECT, issuer="up-authority", since=since)
    return gateway.notification(number, certificate=old)


FORGERIES: dict[str, Callable[[UnionPayGateway, str], bytes]] = {
    "bad_signature": lambda g, n: _changed(g.notification(n), txnAmt="99999900"),
    "bad_signature by a stranger": lambda g, n: g.notification(n, signer=STRANGER),
    "bad_signature of a self-made certificate": _self_made,
    "bad_signature of another's certificate": _of_another_name,
    "bad_signature of a lapsed certificate": _lapsed,
    "unsigned": lambda g, n: _changed(g.notification(n), signature=""),
    "stale": lambda g, n: g.notification(n, txnTime="20260101000000"),
    "other_account": lambda g, n: g.notification(n, merId="777290058110099"),
    "unreadable": lambda g, n: g.notification(n, txnAmt="-5"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_does_not_prove_itself_moves_nothing(
    unionpay: UnionPayGateway, payer: Customer, name: str
) -> None:
    """Row 20: refused, kept, and the order is asked about instead."""
    attempt = started(payer, PAGE)
    unionpay.visit(attempt.action["fields"])
    unionpay.pay(attempt.id.hex)
    assert deliver("unionpay", FORGERIES[name](unionpay, attempt.id.hex)) == 401
    assert available(payer) == 0
    assert name.startswith(ProviderNotification.objects.get().refusal)
    assert ask(attempt) == ("succeeded", "")
    assert available(payer) == AMOUNT


def test_another_amount_than_ordered_waits_for_a_person(
    unionpay: UnionPayGateway, payer: Customer
) -> None:
    attempt = started(payer, PAGE)
    unionpay.visit(attempt.action["fields"])
    unionpay.pay(attempt.id.hex, AMOUNT - 1)
    assert deliver("unionpay", unionpay.notification(attempt.id.hex)) == 200
    assert now(attempt) == ("processing", "amount_differs")
    assert available(payer) == 0


@pytest.mark.parametrize("fault", list(Fault))
def test_no_believable_answer_is_not_a_no(
    unionpay: UnionPayGateway, payer: Customer, fault: Fault
) -> None:
    attempt = started(payer, PAGE)
    unionpay.visit(attempt.action["fields"])
    unionpay.pay(attempt.id.hex)
    unionpay.faults.append(fault)
    assert ask(attempt) == ("unknown", "outcome_unknown")
    assert available(payer) == 0
    assert ask(attempt) == ("succeeded", "")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("64", "card_funds"),
        ("61", "card_number"),  # the card networks' 61 is another thing
        ("73", "card_expired"),
        ("38", "fraud_screen"),
        ("60", "card_declined"),
        ("67", "card_check"),
    ],
)
def test_the_bank_s_refusals(
    unionpay: UnionPayGateway, payer: Customer, code: str, reason: str
) -> None:
    attempt = started(payer, PAGE)
    unionpay.visit(attempt.action["fields"])
    unionpay.refuse(attempt.id.hex, code)
    assert ask(attempt) == ("failed", reason)


def test_nobody_came_in_time(unionpay: UnionPayGateway, customer_factory: CustomerFactory) -> None:
    """Row 22."""
    with clock.travel(clock.now() - timedelta(minutes=17)):
        attempt = started(customer_factory(), PAGE)
    assert ask(attempt) == ("failed", "order_closed")


def test_refunds(unionpay: UnionPayGateway, payer: Customer) -> None:
    attempt = started(payer, PAGE)
    unionpay.visit(attempt.action["fields"])
    unionpay.pay(attempt.id.hex)
    ask(attempt)
    provider, order = registry.get("unionpay"), refund_order(attempt, 2_345)
    assert provider.query_refund(order).said is Said.NOT_FOUND
    assert provider.refund(order).said is Said.WAITING  # taken in, not done
    again = provider.refund(order)  # known under the same number: asked about
    assert (again.said, again.amount) == (Said.PAID, 2_345)
    assert unionpay.trade(attempt.id.hex).refunds == {order.reference.hex: 2_345}
