"""WeChat Pay through its adapter, the hook and settling: serials, seals, states, refunds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import caches

from paydesk.kit import clock
from paydesk.money.payments.models import ProviderNotification
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import ProviderSilent, Said
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.harness.gateways.base import Fault
from tests.harness.gateways.wechat import STRANGER, WeChatGateway
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
Delivery = tuple[bytes, dict[str, str]]


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    return customer_factory()


def told(gateway: WeChatGateway, number: str, **more: str) -> Delivery:
    return gateway.notification(gateway.transaction(gateway.trade(number)), **more)  # type: ignore[arg-type]


def test_code_scanned_paid_and_told(wechat: WeChatGateway, payer: Customer) -> None:
    attempt = started(payer, "wechat:native")
    trade = wechat.trade(attempt.id.hex)
    assert trade.asked["amount"] == {"total": AMOUNT, "currency": "CNY"}  # fen, not yuan
    assert attempt.action["content"].startswith("weixin://wxpay/")
    assert ask(attempt)[0] in WAITS
    trade.state = "opened"
    assert ask(attempt) == ("processing", "payer_entering")  # row 23
    wechat.pay(trade.number)
    raw, headers = told(wechat, trade.number)
    assert deliver("wechat", raw, headers) == 204
    assert now(attempt) == ("succeeded", "")
    assert bytes(ProviderNotification.objects.get().raw) == raw
    assert deliver("wechat", raw, headers) == 204
    assert available(payer) == AMOUNT


@pytest.mark.parametrize("token", ["wechat:h5", "wechat:jsapi:oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"])
def test_orders_inside_other_apps(wechat: WeChatGateway, payer: Customer, token: str) -> None:
    attempt = started(payer, token)
    if attempt.action["kind"] == "app":
        assert set(attempt.action["fields"]) >= {"appId", "package", "paySign", "timeStamp"}
    else:
        assert attempt.action["url"].startswith("https://wx.tenpay.com/")
    wechat.pay(attempt.id.hex)
    assert ask(attempt) == ("succeeded", "")


def _of_another(gateway: WeChatGateway, number: str) -> Delivery:
    said = gateway.transaction(gateway.trade(number)) | {"mchid": "1900009999"}
    return gateway.notification(said)


def _tampered(gateway: WeChatGateway, number: str) -> Delivery:
    raw, headers = told(gateway, number)
    return raw.replace(b"encrypt-resource", b"Encrypt-resource"), headers


def _late(gateway: WeChatGateway, number: str) -> Delivery:
    said = gateway.transaction(gateway.trade(number))
    return gateway.notification(said, at=int(clock.now().timestamp()) - 400)


FORGERIES: dict[str, Callable[[WeChatGateway, str], Delivery]] = {
    "bad_signature": _tampered,
    "bad_signature by a stranger": lambda g, n: told(g, n, signer=STRANGER),
    "stale": _late,
    "other_account": _of_another,
    "unreadable seal": lambda g, n: told(g, n, secret="f" * 32),
    "unsigned": lambda g, n: (told(g, n)[0], {}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_does_not_prove_itself_moves_nothing(
    wechat: WeChatGateway, payer: Customer, name: str
) -> None:
    """Row 20: refused, kept, and the order is asked about instead."""
    attempt = started(payer, "wechat:native")
    wechat.pay(attempt.id.hex)
    raw, headers = FORGERIES[name](wechat, attempt.id.hex)
    assert deliver("wechat", raw, headers) == 401
    assert available(payer) == 0
    assert name.startswith(ProviderNotification.objects.get().refusal)
    assert ask(attempt) == ("succeeded", "")


def test_rotated_certificate_heals_itself(wechat: WeChatGateway, payer: Customer) -> None:
    """A serial that we don't hold is not believed; asking brings the certificate; then it is."""
    attempt = started(payer, "wechat:native")
    wechat.pay(attempt.id.hex)
    wechat.rotate()
    raw, headers = told(wechat, attempt.id.hex)
    assert deliver("wechat", raw, headers) == 401
    caches["providers"].delete("wechat.certificates.1900000001.asked")  # a minute later
    assert ask(attempt) == ("succeeded", "")
    again = started(payer, "wechat:native")
    wechat.pay(again.id.hex)
    assert deliver("wechat", *told(wechat, again.id.hex)) == 204
    assert available(payer) == 2 * AMOUNT


def test_strange_serials_don_t_make_us_download_for_ever(
    wechat: WeChatGateway, payer: Customer
) -> None:
    attempt = started(payer, "wechat:native")
    wechat.rotate()
    for _ in range(3):
        assert ask(attempt)[0] == "unknown"
    assert sum(path == "/v3/certificates" for _, path, _ in wechat.requests) == 1


def test_another_amount_than_ordered_waits_for_a_person(
    wechat: WeChatGateway, payer: Customer
) -> None:
    attempt = started(payer, "wechat:native")
    wechat.pay(attempt.id.hex, AMOUNT + 1)
    assert deliver("wechat", *told(wechat, attempt.id.hex)) == 204
    assert now(attempt) == ("processing", "amount_differs")
    assert available(payer) == 0


@pytest.mark.parametrize("fault", list(Fault))
def test_no_believable_answer_is_not_a_no(
    wechat: WeChatGateway, payer: Customer, fault: Fault
) -> None:
    started(payer, "wechat:native")  # certificates are known from here on
    wechat.faults.append(fault)
    attempt = started(payer, "wechat:native")
    assert now(attempt) == ("unknown", "outcome_unknown")
    if attempt.id.hex not in wechat.book:
        return
    wechat.pay(attempt.id.hex)
    assert ask(attempt) == ("succeeded", "")
    assert available(payer) == AMOUNT


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [
        ("NOT_ENOUGH", "failed", "source_wallet_short"),
        ("RULE_LIMIT", "failed", "provider_limit"),
        ("ORDER_CLOSED", "failed", "order_closed"),
        ("SYSTEM_ERROR", "unknown", "outcome_unknown"),
    ],
)
def test_refusals(
    wechat: WeChatGateway, payer: Customer, code: str, state: str, reason: str
) -> None:
    wechat.refusals["/transactions/native"] = code
    assert now(started(payer, "wechat:native")) == (state, reason)


def test_order_past_its_time_is_closed(
    wechat: WeChatGateway, customer_factory: CustomerFactory
) -> None:
    with clock.travel(clock.now() - timedelta(minutes=17)):
        attempt = started(customer_factory(), "wechat:native")
    assert ask(attempt) == ("failed", "order_closed")
    assert wechat.trade(attempt.id.hex).state == "closed"


def test_refunds(wechat: WeChatGateway, payer: Customer) -> None:
    """Taken in, done later; a closed account at the other end is row 47, an empty one 48."""
    attempt = started(payer, "wechat:native")
    wechat.pay(attempt.id.hex)
    ask(attempt)
    provider, order = registry.get("wechat"), refund_order(attempt, 2_345)
    assert provider.query_refund(order).said is Said.NOT_FOUND
    assert provider.refund(order).said is Said.WAITING
    assert provider.refund(order).said is Said.WAITING  # asked again: the same refund
    trade = wechat.trade(attempt.id.hex)
    assert trade.refunds == {order.reference.hex: 2_345}
    trade.refund_states[order.reference.hex] = "SUCCESS"
    answer = provider.query_refund(order)
    assert (answer.said, answer.amount) == (Said.PAID, 2_345)
    content = wechat.refund(trade, order.reference.hex) | {"refund_status": "ABNORMAL"}
    raw, headers = wechat.notification(content, "REFUND.ABNORMAL")
    said = provider.read_notification("topay", raw, headers, clock.now())
    assert (said.reference, said.about, said.answer.code) == (
        order.reference,
        "refund",
        "ABNORMAL",
    )
    wechat.refusals["/v3/refund/"] = "NOT_ENOUGH"
    assert provider.refund(refund_order(attempt)).code == "NOT_ENOUGH"
    wechat.refusals["/v3/refund/"] = "SYSTEM_ERROR"
    with pytest.raises(ProviderSilent):
        provider.refund(refund_order(attempt))
