"""What the tests of every provider do: start a top-up, deliver, ask, look."""

from collections.abc import Mapping

from django.test import Client

from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import actions
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.providers.protocol import Order, Original
from paydesk.people.models import Customer
from tests.money.payments.helpers import top_up

AMOUNT = 12_345


def started(payer: Customer, token: str) -> Attempt:
    """A top-up's attempt, after the provider's first answer."""
    outcome = top_up(payer, AMOUNT, token=token)
    return Attempt.objects.select_related("payment").get(payment_id=outcome.id)


def deliver(provider: str, raw: bytes, headers: Mapping[str, str] | None = None) -> int:
    """Post a delivery to the real hook; the status it is answered with."""
    form = "application/x-www-form-urlencoded; charset=utf-8"
    answer = Client().post(f"/hooks/{provider}/topay", raw, form, headers=dict(headers or {}))
    return answer.status_code


def now(attempt: Attempt) -> tuple[str, str]:
    """State and reason of the attempt's payment."""
    payment = Payment.objects.get(id=attempt.payment_id)
    return payment.state, payment.reason


def ask(attempt: Attempt) -> tuple[str, str]:
    """Ask the provider as the job does; then state and reason."""
    actions.query_attempt(attempt.id, SYSTEM("topay"))
    return now(attempt)


def refund_order(attempt: Attempt, amount: int = AMOUNT) -> Order:
    """What a provider is asked to give back of a paid attempt."""
    paid = Attempt.objects.get(id=attempt.id)
    original = Original(
        paid.id, paid.provider_reference, paid.amount, paid.currency, paid.started_at
    )
    return Order(
        ids.uuid7(), "topay", paid.token, amount, "CNY", started_at=clock.now(), original=original
    )
