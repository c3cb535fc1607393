"""Alipay through its adapter, the hook and settling, against a gateway that speaks its format."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from django.test import Client

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import actions
from paydesk.money.payments.models import Attempt, Payment, ProviderNotification
from paydesk.money.payments.providers.alipay import wire
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.harness.gateways.alipay import OURS, STRANGER, AlipayGateway
from tests.harness.gateways.base import Fault
from tests.money.payments.helpers import available, top_up

pytestmark = pytest.mark.usefixtures("committed_db")
WAITS = {"requires_action", "processing"}
AMOUNT = 12_345


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    return customer_factory()


def started(payer: Customer, token: str = "alipay:qr") -> Attempt:
    outcome = top_up(payer, AMOUNT, token=token)
    return Attempt.objects.select_related("payment").get(payment_id=outcome.id)


def deliver(raw: bytes) -> tuple[int, bytes]:
    form = "application/x-www-form-urlencoded; charset=utf-8"
    answer = Client().post("/hooks/alipay/topay", raw, form)
    return answer.status_code, answer.content


def now(attempt: Attempt) -> tuple[str, str]:
    payment = Payment.objects.get(id=attempt.payment_id)
    return payment.state, payment.reason


def ask(attempt: Attempt) -> tuple[str, str]:
    actions.query_attempt(attempt.id, SYSTEM("topay"))
    return now(attempt)


def test_code_scanned_paid_and_told(alipay: AlipayGateway, payer: Customer) -> None:
    attempt = started(payer)
    trade = alipay.trade(attempt.id.hex)
    assert trade.asked["total_amount"] == "123.45"
    assert attempt.action["content"] == f"https://qr.alipay.com/{trade.own}"
    assert ask(attempt)[0] in WAITS  # nobody scanned it yet
    trade.state = "opened"
    assert ask(attempt) == ("processing", "payer_entering")  # row 23
    alipay.pay(trade.number)
    raw = alipay.notification(trade.number)
    assert deliver(raw) == (200, b"success")
    assert now(attempt) == ("succeeded", "")
    assert available(payer) == AMOUNT
    stored = ProviderNotification.objects.get()
    assert bytes(stored.raw) == raw
    assert deliver(raw) == (200, b"success")  # again: nothing twice
    assert available(payer) == AMOUNT


@pytest.mark.parametrize("token", ["alipay:page", "alipay:wap", "alipay:app"])
def test_orders_that_the_payer_opens(alipay: AlipayGateway, payer: Customer, token: str) -> None:
    attempt = started(payer, token)
    assert alipay.requests == []  # a signed link needs no call
    if token == "alipay:app":
        trade = alipay.open_app(attempt.action["fields"]["order"])
    else:
        trade = alipay.visit(attempt.action["url"])
    assert (trade.number, trade.amount) == (attempt.id.hex, AMOUNT)
    alipay.pay(trade.number)
    assert ask(attempt) == ("succeeded", "")
    assert available(payer) == AMOUNT


def _changed(raw: bytes, **fields: str) -> bytes:
    return urlencode(dict(parse_qsl(raw.decode())) | fields).encode()


FORGERIES: dict[str, Callable[[AlipayGateway, str], bytes]] = {
    "bad_signature": lambda g, n: _changed(g.notification(n), total_amount="9999.00"),
    "bad_signature by a stranger": lambda g, n: g.notification(n, signer=STRANGER),
    "bad_signature by ourselves": lambda g, n: g.notification(n, signer=OURS),
    "unsigned": lambda g, n: _changed(g.notification(n), sign=""),
    "stale": lambda g, n: g.notification(n, notify_time="2026-01-01 00:00:00"),
    "other_account": lambda g, n: g.notification(n, app_id="2021999999999999"),
    "other_account's seller": lambda g, n: g.notification(n, seller_id="2088999999999999"),
    "unreadable": lambda g, n: g.notification(n, total_amount="12,3.4.5"),
    "unreadable twice": lambda g, n: g.notification(n) + b"&app_id=1",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_does_not_prove_itself_moves_nothing(
    alipay: AlipayGateway, payer: Customer, name: str
) -> None:
    """Rows 20 and 16: refused, kept, and the provider is asked instead."""
    attempt = started(payer)
    alipay.pay(attempt.id.hex)
    before = clock.now()
    assert deliver(FORGERIES[name](alipay, attempt.id.hex)) == (401, b"failure")
    assert available(payer) == 0
    refused = ProviderNotification.objects.get()
    assert name.startswith(refused.refusal)
    if refused.attempt_id:
        due = Attempt.objects.get(id=attempt.id).next_query_at
        assert due
        assert before <= due <= clock.now()
    assert ask(attempt) == ("succeeded", "")
    assert available(payer) == AMOUNT


def test_another_amount_than_ordered_waits_for_a_person(
    alipay: AlipayGateway, payer: Customer
) -> None:
    """Row 21, by a genuine notification."""
    attempt = started(payer)
    alipay.pay(attempt.id.hex, AMOUNT - 10)
    assert deliver(alipay.notification(attempt.id.hex))[0] == 200
    assert now(attempt) == ("processing", "amount_differs")
    assert available(payer) == 0


@pytest.mark.parametrize("fault", list(Fault))
def test_no_believable_answer_is_not_a_no(
    alipay: AlipayGateway, payer: Customer, fault: Fault
) -> None:
    """Row 16: a charge whose answer is lost, forged or broken is asked about until it is known."""
    alipay.faults.append(fault)
    attempt = started(payer)
    assert now(attempt) == ("unknown", "outcome_unknown")
    assert available(payer) == 0
    alipay.book.setdefault(attempt.id.hex, alipay._order(_content(attempt)))
    alipay.pay(attempt.id.hex)
    alipay.faults.append(fault)
    assert ask(attempt)[0] == "unknown"
    assert ask(attempt) == ("succeeded", "")
    assert available(payer) == AMOUNT


def _content(attempt: Attempt) -> dict[str, str]:
    return {"out_trade_no": attempt.id.hex, "total_amount": "123.45"}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ACQ.BUYER_BALANCE_NOT_ENOUGH", "source_wallet_short"),
        ("ACQ.TOTAL_FEE_EXCEED", "provider_limit"),
        ("ACQ.TRADE_HAS_CLOSE", "order_closed"),
        ("ACQ.BUYER_SELLER_EQUAL", "to_self"),
        ("ACQ.PAYMENT_REQUEST_HAS_RISK", "fraud_screen"),
    ],
)
def test_refusals(alipay: AlipayGateway, payer: Customer, code: str, reason: str) -> None:
    """Rows 22, 24, 25, 33 by the gateway's own codes."""
    alipay.refusals["alipay.trade.precreate"] = code
    attempt = started(payer)
    assert now(attempt) == ("failed", reason)
    assert Attempt.objects.get(id=attempt.id).response_code == code


def test_gateway_that_does_not_know_leaves_it_open(alipay: AlipayGateway, payer: Customer) -> None:
    alipay.refusals["alipay.trade.precreate"] = "isp.unknow-error"
    assert now(started(payer)) == ("unknown", "outcome_unknown")


@pytest.mark.parametrize("opened", [False, True])
def test_order_past_its_time_is_closed(
    alipay: AlipayGateway, customer_factory: CustomerFactory, opened: bool
) -> None:
    """Row 22: the code expired; what was opened is closed at the provider before we say so."""
    with clock.travel(clock.now() - timedelta(minutes=17)):
        attempt = started(customer_factory())
    trade = alipay.trade(attempt.id.hex)
    trade.state = "opened" if opened else "new"
    assert ask(attempt) == ("failed", "order_closed")
    assert trade.state == ("closed" if opened else "new")


def test_paid_at_the_last_moment_is_not_closed(
    alipay: AlipayGateway, customer_factory: CustomerFactory
) -> None:
    with clock.travel(clock.now() - timedelta(minutes=17)):
        attempt = started(customer_factory())
    alipay.pay(attempt.id.hex)
    assert ask(attempt) == ("succeeded", "")


def test_amounts_and_other_currencies() -> None:
    assert [wire.yuan(n) for n in (1, 100, 123456)] == ["0.01", "1.00", "1234.56"]
    assert wire.fen("1234.5") == 123450
    for text in ("1.005", "", "NaN", "Infinity", "1e400"):
        with pytest.raises(ValueError, match="no amount"):
            wire.fen(text)
