"""Each failure of the catalogue caused on its real path. Each cause answers the payment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.rules import Standing
from paydesk.money.payments import actions, queries
from paydesk.money.payments.actions import by_bank, reconcile
from paydesk.money.payments.known import outcome_of
from paydesk.money.payments.models import Attempt, Payment, SimulatedOrder
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.providers.protocol import Answer, Said
from paydesk.money.payments.providers.simulated import signing
from paydesk.money.payments.states import HoldReason
from paydesk.people import actions as people
from paydesk.people.models import RestrictionKind, Scope
from paydesk.people.rules import ApprovedDecision
from tests.factories import CustomerFactory
from tests.money.orders.shops import order, pay_by_provider, shop
from tests.money.payments.helpers import fund, key, notice, send, top_up

Cause = Callable[[CustomerFactory], Payment]
BY: dict[str, Cause] = {}


def cause(name: str) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Register a cause under the code of the finding that it must lead to."""

    def register(make: Callable[..., Outcome]) -> Callable[..., Outcome]:
        def payment(customer_factory: CustomerFactory) -> Payment:
            outcome = make(customer_factory)
            found = queries.payment(Payment.objects.get(id=outcome.id).brand, outcome.id)
            assert found
            return found

        BY[name] = payment
        return make

    return register


def card(last4: str) -> Callable[..., Outcome]:
    """A top-up by one test card."""
    return lambda make: top_up(make(), token=f"sim_card_{last4}")


for _code, _last4 in {
    "card_funds": "0051",
    "card_declined": "0005",
    "card_expired": "0054",
    "card_number": "0014",
    "card_check": "0127",
    "verification_waits": "3155",
    "card_lost": "0043",
    "fraud_screen": "0059",
    "card_limit": "0061",
    "card_use_off": "0057",
    "card_restricted": "0062",
    "card_currency": "0840",
    "duplicate_at_bank": "0094",
    "outcome_unknown": "0921",
    "processing": "0924",
    "succeeded": "4242",
}.items():
    cause(_code)(card(_last4))


@cause("balance_short")
def _(make: CustomerFactory) -> Outcome:
    payer = make()
    fund(payer, 10_000)
    return send(payer, make(), 15_000)


@cause("balance_held")
def _(make: CustomerFactory) -> Outcome:
    payer = make()
    fund(payer, 10_000)
    for amount, days in ((3_000, 1), (4_000, 2)):
        actions.place_hold(
            customer=payer,
            amount=amount,
            currency="CNY",
            reason=HoldReason.DISPUTE,
            expires_at=clock.now() + timedelta(days=days),
            actor=SYSTEM("topay"),
        )
    return send(payer, make(), 5_000)


@cause("verification_unfinished")
def _(make: CustomerFactory) -> Outcome:
    customer = make()
    payment = Payment.objects.get(id=top_up(customer, token="sim_card_3155").id)
    return actions.finish_verification(payment, passed=False, actor=SYSTEM("topay"))


@cause("provider_down")
def _(make: CustomerFactory) -> Outcome:
    notice("incident", "card_topup", None)
    return top_up(make(), token="sim_card_0091")


@cause("duplicate")
def _(make: CustomerFactory) -> Outcome:
    payer, payee = make(), make()
    fund(payer, 10_000)
    send(payer, payee, 100)
    return send(payer, payee, 100)


def _in_the_past(make: CustomerFactory, token: str, then: Callable[..., Any] | None) -> Outcome:
    with clock.travel(clock.now() - timedelta(hours=1)):
        customer = make()
        outcome = top_up(customer, token=token)
        if then:
            then(customer)
        clock.advance(timedelta(seconds=20))
        actions.sweep()
    return outcome


@cause("paid_not_credited")
def _(make: CustomerFactory) -> Outcome:
    def freeze(customer: Any) -> None:
        people.place_freeze(customer, reason="stolen", actor=SYSTEM("topay"))

    return _in_the_past(make, "sim_card_0923", freeze)


@cause("paid_after_failure")
def _(make: CustomerFactory) -> Outcome:
    """The charge arrived at the provider after we had been told that it never had."""
    with clock.travel(clock.now() - timedelta(hours=1)):
        outcome = top_up(make(), token="sim_card_0922")
        for seconds in (30, 60):
            clock.advance(timedelta(seconds=seconds))
            actions.sweep()
        attempt = Attempt.objects.get(payment_id=outcome.id)
        answer = Answer(Said.PAID, attempt.amount, attempt.currency, "sim_late")
        raw = signing.write("topay", "evt_late", attempt.id, answer)
        headers = signing.sign("topay", raw, clock.now())
        actions.receive_notification("simulated", "topay", raw, headers)
    return outcome


@cause("notification_rejected")
def _(make: CustomerFactory) -> Outcome:
    def not_yet(_customer: object) -> None:
        SimulatedOrder.objects.update(settles_at=clock.now() + timedelta(days=1))

    return _in_the_past(make, "sim_card_0926", not_yet)


@cause("amount_differs")
def _(make: CustomerFactory) -> Outcome:
    return _in_the_past(make, "sim_card_0925", None)


@cause("amount_credited")
def _(make: CustomerFactory) -> Outcome:
    outcome = _in_the_past(make, "sim_card_0925", None)
    waiting = Payment.objects.get(id=outcome.id)
    reconcile.credit_what_was_paid(waiting, actor=SYSTEM("topay"))
    return outcome


def _pay_back(outcome: Outcome) -> Outcome:
    """Paid back by bank, as two people agreed."""
    payment = Payment.objects.get(id=outcome.id)
    owed = by_bank.charged(payment)
    assert owed
    by_bank.pay_back(
        owed,
        by_bank.Transfer(clock.now().date(), "8812"),
        actor=SYSTEM("topay"),
        note="",
        approval=ApprovedDecision(
            request_id=ids.uuid7(),
            action=by_bank.PAY_BACK,
            subject=by_bank.subject(payment),
            requested_by=ids.uuid7(),
            requested_at=clock.now(),
            approved_by=ids.uuid7(),
            approved_at=clock.now(),
        ),
    )
    return outcome


@cause("amount_paid_back")
def _(make: CustomerFactory) -> Outcome:
    outcome = _in_the_past(make, "sim_card_0925", None)
    payee = Payment.objects.get(id=outcome.id).payee
    assert payee
    people.close_customer(payee, actor=SYSTEM("topay"))
    return _pay_back(outcome)


@cause("paid_back_for_closed")
def _(make: CustomerFactory) -> Outcome:
    def close(customer: Any) -> None:
        people.close_customer(customer, actor=SYSTEM("topay"))

    return _pay_back(_in_the_past(make, "sim_card_0923", close))


@cause("credited_for_closed")
def _(make: CustomerFactory) -> Outcome:
    with clock.travel(clock.now() - timedelta(hours=1)):
        tea = shop(make())
        payment = pay_by_provider(order(tea), make(), token="sim_card_0923")
        with transaction.atomic():
            onboarding._move(tea.id, Standing.CLOSED, SYSTEM("topay"))
        clock.advance(timedelta(seconds=20))
        actions.sweep()
    payment.refresh_from_db()
    reconcile.credit_what_was_paid(payment, actor=SYSTEM("topay"))
    return outcome_of(payment, repeated=True)


@cause("payer_entering")
def _(make: CustomerFactory) -> Outcome:
    return top_up(make(), token="sim_wallet_paying")


@cause("limit_single")
def _(make: CustomerFactory) -> Outcome:
    return send(make(), make(), profiles.get("topay").limits["CNY"].of(0).single + 1)


@cause("limit_day")
def _(make: CustomerFactory) -> Outcome:
    limits = profiles.get("topay").limits["CNY"].of(0)
    payer, payee = make(), make()
    fund(payer, limits.day)
    left = limits.day - 5_000
    while left:
        part = min(left, limits.single)
        assert send(payer, payee, part, again=True).ok
        left -= part
    return send(payer, payee, 10_000)


@cause("sender_restricted_because")
def _(make: CustomerFactory) -> Outcome:
    payer = make()
    people.place_freeze(payer, reason="stolen", actor=SYSTEM("topay"))
    return send(payer, make(), 100)


@cause("sender_restricted")
def _(make: CustomerFactory) -> Outcome:
    payer = make()
    people.place_restriction(
        payer, kind=RestrictionKind.RISK, scope=Scope.SEND, reason="ring", actor=SYSTEM("topay")
    )
    return send(payer, make(), 100)


@cause("recipient_restricted")
def _(make: CustomerFactory) -> Outcome:
    payer, payee = make(), make(name="王建国")
    fund(payer, 1_000)
    people.place_freeze(payee, reason="stolen", actor=SYSTEM("topay"))
    return send(payer, payee.number, 100)


@cause("recipient_unknown")
def _(make: CustomerFactory) -> Outcome:
    return send(make(), "nobody.here@example.com", 100)


@cause("recipient_closed")
def _(make: CustomerFactory) -> Outcome:
    payer, payee = make(), make()
    people.close_customer(payee, actor=SYSTEM("topay"))
    return send(payer, payee.number, 100)


@cause("to_self")
def _(make: CustomerFactory) -> Outcome:
    payer = make()
    return send(payer, payer.number, 100)


@cause("currency_differs")
def _(make: CustomerFactory) -> Outcome:
    payer, payee = make(brand="tpwallet"), make(brand="tpwallet")
    return send(payer, payee, 100, currency="USD")


@cause("refund_too_much")
def _(make: CustomerFactory) -> Outcome:
    payer, payee = make(), make()
    fund(payer, 1_000)
    original = Payment.objects.get(id=send(payer, payee, 500).id)
    return actions.refund(
        original=original, amount=501, reason="x", actor=SYSTEM("topay"), key=key()
    )


@cause("app_too_old")
def _(make: CustomerFactory) -> Outcome:
    return send(make(), make(), 100, client_version="0.0.1")


@cause("maintenance")
def _(make: CustomerFactory) -> Outcome:
    notice("maintenance", "transfer", clock.now() + timedelta(hours=2))
    return send(make(), make(), 100)


@cause("maintenance_open_end")
def _(make: CustomerFactory) -> Outcome:
    notice("maintenance", "transfer", None)
    return send(make(), make(), 100)


from tests.desk.diagnosis import (  # noqa: E402 - they register themselves above
    causes_banking,  # noqa: F401
    causes_china,  # noqa: F401
    causes_exchange,  # noqa: F401
    causes_merchants,  # noqa: F401
    causes_risk,  # noqa: F401
)
