"""Stripe through its adapter, the hook and settling: every code, 3-D Secure, refunds, disputes."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from paydesk.kit import clock, reactions
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import actions
from paydesk.money.payments.models import Attempt, Payment, ProviderNotification
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.providers import codes, registry
from paydesk.money.payments.providers.protocol import Means, ProviderSilent, Said, Terms
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.harness.gateways.base import Fault, Gateway
from tests.harness.gateways.stripe import DECLINES, VERIFIED, StripeGateway
from tests.money.payments.helpers import available, customer_actor, key
from tests.money.payments.providers.flows import AMOUNT, ask, deliver, now, refund_order

pytestmark = pytest.mark.usefixtures("committed_db")
SHOWN = {"kind": "card", "scheme": "visa", "last4": "4242", "expires": "12/29"}


@pytest.fixture
def stripe(open_gateway: Callable[[str, Gateway], Gateway]) -> StripeGateway:
    gateway = open_gateway("stripe", StripeGateway())
    assert isinstance(gateway, StripeGateway)
    return gateway


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    return customer_factory()


def pay(payer: Customer, method: str = "pm_visa") -> Outcome:
    return actions.topup(
        customer=payer,
        means=Means("stripe", f"cus_1:{method}", SHOWN),
        terms=Terms(return_url="https://pay.example/back/{number}"),
        amount=AMOUNT,
        currency="CNY",
        actor=customer_actor(payer),
        key=key(),
    )


def attempt_of(outcome: Outcome) -> Attempt:
    return Attempt.objects.get(payment_id=outcome.id)


def test_paid_at_once(stripe: StripeGateway, payer: Customer) -> None:
    outcome = pay(payer)
    assert (outcome.state, available(payer)) == ("succeeded", AMOUNT)
    intent = stripe.only("pi_")
    attempt = attempt_of(outcome)
    assert intent["metadata"] == {"reference": str(attempt.id), "brand": "topay"}
    assert attempt.provider_reference == intent["id"]
    assert str(attempt.id) in stripe.answers  # the idempotency key is our reference


@pytest.mark.parametrize(
    "code",
    [code for words, flow, code, _ in codes.listed() if (words, flow) == ("stripe", "charge")],
)
def test_every_code_has_its_reason(stripe: StripeGateway, payer: Customer, code: str) -> None:
    outcome = pay(payer, f"{DECLINES}{code}")
    meaning = codes.standard("stripe", "charge", code)
    assert outcome.reason == meaning.reason
    assert outcome.state == ("unknown" if meaning.retry is codes.Retry.ASK else "failed")
    assert attempt_of(outcome).response_code == code
    assert available(payer) == 0


def test_an_unlisted_code_is_seen_to_be_one(stripe: StripeGateway, payer: Customer) -> None:
    outcome = pay(payer, f"{DECLINES}brand_new_code")
    assert outcome.reason == "card_declined"
    assert outcome.facts["unlisted"] is True
    assert outcome.facts["checks"] == {"cvc": "fail"}
    said = codes.standard("stripe", "charge", "brand_new_code")
    assert "brand_new_code" in said.guidance["en"]


@pytest.mark.parametrize("passed", [True, False])
def test_3d_secure(stripe: StripeGateway, payer: Customer, passed: bool) -> None:
    outcome = pay(payer, VERIFIED)
    attempt = attempt_of(outcome)
    assert (outcome.state, outcome.reason) == ("requires_action", "verification_unfinished")
    assert attempt.action["url"].startswith("https://hooks.stripe.com/3d_secure/")
    assert attempt.terms["return_url"].endswith(f"/back/{outcome.number}")
    stripe.verify(passed)
    assert ask(attempt) == (("succeeded", "") if passed else ("failed", "verification_unfinished"))
    assert available(payer) == (AMOUNT if passed else 0)


def test_3d_secure_never_finished_is_cancelled(
    stripe: StripeGateway, customer_factory: CustomerFactory
) -> None:
    with clock.travel(clock.now() - timedelta(hours=3)):
        attempt = attempt_of(pay(customer_factory(), VERIFIED))
        assert ask(attempt)[0] == "requires_action"
        clock.advance(timedelta(minutes=61))
        assert ask(attempt) == ("failed", "verification_unfinished")
    assert stripe.only("pi_")["status"] == "canceled"


def test_time_out_after_success_is_found_again(stripe: StripeGateway, payer: Customer) -> None:
    stripe.faults = [Fault.SILENT_AFTER]
    outcome = pay(payer)
    assert (outcome.state, available(payer)) == ("unknown", 0)
    assert ask(attempt_of(outcome)) == ("succeeded", "")
    assert available(payer) == AMOUNT


def test_time_out_before_anything(stripe: StripeGateway, customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=1)):
        stripe.faults = [Fault.SILENT_BEFORE]
        attempt = attempt_of(pay(customer_factory()))
        assert ask(attempt)[0] == "unknown"  # too early to believe that it never arrived
        clock.advance(timedelta(seconds=61))
        assert ask(attempt) == ("failed", "provider_down")


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.SILENT_BEFORE])
def test_an_answer_that_decides_nothing(
    stripe: StripeGateway, payer: Customer, fault: Fault
) -> None:
    stripe.faults = [fault]
    assert pay(payer).state == "unknown"


def test_the_same_order_twice_takes_once(stripe: StripeGateway, payer: Customer) -> None:
    attempt = attempt_of(pay(payer))
    actions.settle.send(attempt.id, SYSTEM("topay"))
    assert len([name for name in stripe.things if name.startswith("pi_")]) == 1
    assert available(payer) == AMOUNT


def webhook(stripe: StripeGateway, kind: str, thing: dict[str, Any], name: str = "evt_1") -> int:
    raw = stripe.event(kind, thing, name)
    return deliver("stripe", raw, stripe.signed(raw))


def test_told_once_twice_and_out_of_order(stripe: StripeGateway, payer: Customer) -> None:
    stripe.faults = [Fault.SILENT_AFTER]
    attempt = attempt_of(pay(payer))
    intent = stripe.only("pi_")
    early = {**intent, "status": "processing", "amount_received": 0}
    assert webhook(stripe, "payment_intent.succeeded", intent, "evt_2") == 200
    assert webhook(stripe, "payment_intent.succeeded", intent, "evt_2") == 200
    assert webhook(stripe, "payment_intent.processing", early, "evt_1") == 200
    assert (now(attempt), available(payer)) == (("succeeded", ""), AMOUNT)
    assert ProviderNotification.objects.count() == 2


def test_not_believed(stripe: StripeGateway, payer: Customer) -> None:
    stripe.faults = [Fault.SILENT_AFTER]
    attempt = attempt_of(pay(payer))
    raw = stripe.event("payment_intent.succeeded", stripe.only("pi_"))
    deliveries = [
        (raw, {}, "unsigned"),
        (raw + b" ", stripe.signed(raw + b" ", "whsec_other"), "bad_signature"),
        (raw.replace(b"12345", b"12346"), stripe.signed(raw), "bad_signature"),
        (raw.replace(b"acct_gateway", b"acct_other00"), None, "other_account"),
        (raw.replace(b'"topay"', b'"gopay"'), None, "other_account"),
        (b'{"id": "evt"}', None, "unreadable"),
    ]
    for body, headers, problem in deliveries:
        given = stripe.signed(body) if headers is None else headers
        assert deliver("stripe", body, given) == 401
        assert ProviderNotification.objects.latest("received_at").refusal == problem
    old = stripe.event("payment_intent.succeeded", stripe.only("pi_"), "evt_9")
    headers = stripe.signed(old)
    with clock.travel(clock.now() + timedelta(minutes=6)):
        assert deliver("stripe", old, headers) == 401  # replayed
        assert ProviderNotification.objects.latest("received_at").refusal == "stale"
    assert (now(attempt)[0], available(payer)) == ("unknown", 0)


def test_another_amount_is_for_a_person(stripe: StripeGateway, payer: Customer) -> None:
    stripe.faults = [Fault.SILENT_AFTER]
    attempt = attempt_of(pay(payer))
    less = {**stripe.only("pi_"), "amount_received": AMOUNT - 1}
    assert webhook(stripe, "payment_intent.succeeded", less) == 200
    assert (now(attempt), available(payer)) == (("processing", "amount_differs"), 0)


def test_what_is_of_no_concern_is_taken_and_left(stripe: StripeGateway, payer: Customer) -> None:
    assert webhook(stripe, "customer.created", {"id": "cus_9", "object": "customer"}) == 200
    assert ProviderNotification.objects.get().result == "nothing"


def test_refund_whole_part_and_too_much(stripe: StripeGateway, payer: Customer) -> None:
    attempt = attempt_of(pay(payer))
    provider = registry.get("stripe")
    part = refund_order(attempt, 2_345)
    assert provider.refund(part).said is Said.PAID
    assert provider.refund(part).said is Said.PAID  # asked again, given once
    assert provider.query_refund(part).amount == 2_345
    assert provider.refund(refund_order(attempt, 10_000)).said is Said.PAID
    over = provider.refund(refund_order(attempt, 1))
    assert (over.said, over.code) == (Said.REFUSED, "charge_already_refunded")
    assert codes.standard("stripe", "refund", over.code).reason == "refund_too_much"


def test_refund_lost_on_its_way_is_found(stripe: StripeGateway, payer: Customer) -> None:
    attempt = attempt_of(pay(payer))
    provider, order = registry.get("stripe"), refund_order(attempt)
    stripe.faults = [Fault.SILENT_AFTER]
    with pytest.raises(ProviderSilent):
        provider.refund(order)
    assert provider.query_refund(order).said is Said.PAID


@pytest.mark.parametrize(
    ("code", "reason"),
    [("charge_disputed", "dispute_open"), ("expired_or_canceled_card", "refund_route_gone")],
)
def test_refund_refused(stripe: StripeGateway, payer: Customer, code: str, reason: str) -> None:
    attempt = attempt_of(pay(payer))
    stripe.refusals["refund"] = code
    answer = registry.get("stripe").refund(refund_order(attempt))
    assert answer.said is Said.REFUSED
    assert codes.standard("stripe", "refund", answer.code).reason == reason


def test_a_dispute_is_told_on(
    stripe: StripeGateway, payer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[str, Any]] = []
    handlers = {"provider.dispute": [lambda **ids: heard.append(ids)]}
    monkeypatch.setattr(reactions, "_together", handlers)
    monkeypatch.setattr(reactions, "_afterwards", {})
    outcome = pay(payer)
    dispute = {
        "id": "dp_1",
        "object": "dispute",
        "payment_intent": stripe.only("pi_")["id"],
        "status": "needs_response",
        "reason": "fraudulent",
        "amount": AMOUNT,
        "currency": "cny",
        "metadata": {},
        "evidence_details": {"due_by": 1_800_000_000},
    }
    assert webhook(stripe, "charge.dispute.created", dispute) == 200
    [told] = heard
    assert told["payment_id"] == str(outcome.id)
    assert told["dispute"]["reason"] == "fraudulent"
    assert told["dispute"]["due_at"] == "2027-01-15T08:00:00+00:00"


def test_saving_a_card(stripe: StripeGateway, payer: Customer) -> None:
    provider = registry.get("stripe")
    saving = provider.begin_saving("topay", payer.id, "https://pay.example/added")
    assert saving.url.startswith("https://checkout.stripe.com/")
    assert provider.saved("topay", saving.reference) is None
    card = {"brand": "visa", "last4": "4242", "exp_month": 7, "exp_year": 2029}
    stripe.things[saving.reference] |= {
        "status": "complete",
        "setup_intent": {"payment_method": {"id": "pm_7", "card": card}},
    }
    found = provider.saved("topay", saving.reference)
    assert found
    assert (found.last4, found.expires, found.token.partition(":")[2]) == ("4242", "07/29", "pm_7")
    provider.forget("topay", found.token)
    assert stripe.requests[-1][1] == "/v1/payment_methods/pm_7/detach"


def test_keys_are_nowhere(stripe: StripeGateway, payer: Customer) -> None:
    pay(payer)
    kept = json.dumps(list(Payment.objects.values()) + list(Attempt.objects.values()), default=str)
    assert "sk_test" not in kept
    assert "whsec" not in kept
