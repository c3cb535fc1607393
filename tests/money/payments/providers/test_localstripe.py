"""Our adapter for Stripe against a double of Stripe that others wrote."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paydesk.money.payments import actions
from paydesk.money.payments.models import Attempt, ProviderNotification
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import Means, Said
from paydesk.money.payments.reasons import Reason
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.harness.localstripe import PATIENCE, LocalStripe, running
from tests.money.payments.helpers import available, customer_actor, key
from tests.money.payments.providers.conftest import HOST, account_file
from tests.money.payments.providers.flows import AMOUNT, deliver, refund_order

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.slow]
SHOWN = {"kind": "card", "scheme": "visa", "last4": "4242", "expires": "12/35"}
GOOD, DECLINED = "4242424242424242", "4000000000000341"  # the second is refused when charged


@pytest.fixture
def local(tmp_path: Path, settings: Any) -> Iterator[LocalStripe]:
    with running() as found:
        settings.PROVIDERS_FILE = account_file(tmp_path, "topay", {"stripe": found.settings()})
        settings.PUBLIC_URL = HOST
        yield found


def pay(payer: Customer, token: str) -> Outcome:
    return actions.topup(
        customer=payer,
        means=Means("stripe", token, SHOWN),
        amount=AMOUNT,
        currency="CNY",
        actor=customer_actor(payer),
        key=key(),
    )


def test_charge_query_and_refund(local: LocalStripe, customer_factory: CustomerFactory) -> None:
    payer = customer_factory()
    outcome = pay(payer, local.token(GOOD))
    assert (outcome.state, available(payer)) == ("succeeded", AMOUNT)
    attempt = Attempt.objects.get(payment_id=outcome.id)
    provider = registry.get("stripe")
    order = refund_order(attempt, 2_000)
    assert order.original
    given = provider.refund(order)
    assert (given.said, given.amount, given.currency) == (Said.PAID, 2_000, "CNY")
    assert provider.query_refund(order).said is Said.PAID


def test_a_declined_card(local: LocalStripe, customer_factory: CustomerFactory) -> None:
    payer = customer_factory()
    outcome = pay(payer, local.token(DECLINED))
    assert (outcome.state, available(payer)) == ("failed", 0)
    assert outcome.reason is Reason.CARD_DECLINED


def test_what_it_tells_is_believed_and_applied_once(
    local: LocalStripe, customer_factory: CustomerFactory
) -> None:
    payer = customer_factory()
    pay(payer, local.token(GOOD))
    raw, headers = local.told.get(timeout=PATIENCE)
    while json.loads(raw)["type"] != "payment_intent.succeeded":
        raw, headers = local.told.get(timeout=PATIENCE)
    assert deliver("stripe", raw, headers) == 200
    assert deliver("stripe", raw, headers) == 200
    assert deliver("stripe", raw.replace(b"succeeded", b"cancelled"), headers) in {400, 401}
    assert available(payer) == AMOUNT
    assert ProviderNotification.objects.filter(verified=True).count() == 1
