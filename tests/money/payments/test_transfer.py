"""Transfers: what moves, what is refused, and that each refusal is a recorded payment."""

from datetime import timedelta

import pytest

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import actions, queries
from paydesk.money.payments.actions.transfer import TransferWish, plan_transfer
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import HoldReason, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people import actions as people
from paydesk.people.models import RestrictionKind, Scope
from tests.factories import CustomerFactory
from tests.money.payments.helpers import (
    approve_unfreeze,
    available,
    customer_actor,
    fund,
    key,
    notice,
    send,
)

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.mark.parametrize("by", ["number", "email", "phone"])
def test_reaches_the_recipient(customer_factory: CustomerFactory, by: str) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    typed = payee.number if by == "number" else getattr(payee.user, by)
    outcome = send(payer, typed, 4_000)
    assert outcome.state is PaymentState.SUCCEEDED
    assert (available(payer), available(payee)) == (6_000, 4_000)
    payment = Payment.objects.get(id=outcome.id)
    assert payment.booked_at == payment.finished_at == payment.created_at
    assert payment.number == outcome.number
    assert payment.recipient_shown
    assert typed != payment.recipient_shown


def test_short_by_fifty(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    outcome = send(payer, payee.user.email, 15_000)
    assert outcome.state is PaymentState.FAILED
    assert outcome.reason is Reason.BALANCE_SHORT
    assert outcome.facts == {
        "amount": 15_000,
        "currency": "CNY",
        "posted": 10_000,
        "held": 0,
        "available": 10_000,
        "short": 5_000,
    }
    assert available(payer) == 10_000


def test_held_money_is_not_short_money(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    actions.place_hold(
        customer=payer,
        amount=6_000,
        currency="CNY",
        reason=HoldReason.DISPUTE,
        expires_at=clock.now() + timedelta(days=1),
        actor=SYSTEM("topay"),
    )
    outcome = send(payer, payee, 5_000)
    assert outcome.reason is Reason.BALANCE_HELD
    assert outcome.facts["available"] == 4_000
    assert outcome.facts["held"] == 6_000
    assert send(payer, payee, 4_000).ok


def test_unknown_recipient_is_recorded_without_an_account(
    customer_factory: CustomerFactory,
) -> None:
    payer = customer_factory()
    outcome = send(payer, "nobody.here@example.com", 100)
    assert outcome.reason is Reason.RECIPIENT_UNKNOWN
    payment = Payment.objects.get(id=outcome.id)
    assert payment.payee is None
    assert payment.recipient_shown == "no***@example.com"


def test_another_brands_customer_is_unknown(customer_factory: CustomerFactory) -> None:
    payer, stranger = customer_factory(), customer_factory(brand="gopay")
    assert send(payer, stranger.user.email, 100).reason is Reason.RECIPIENT_UNKNOWN
    assert send(payer, stranger.number, 100).reason is Reason.RECIPIENT_UNKNOWN


def test_to_oneself(customer_factory: CustomerFactory) -> None:
    payer = customer_factory()
    fund(payer, 1_000)
    assert send(payer, payer.user.email, 100).reason is Reason.TO_SELF


def test_to_a_closed_account(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    people.close_customer(payee, actor=SYSTEM("topay"))
    assert send(payer, payee.number, 100).reason is Reason.RECIPIENT_CLOSED


def test_closed_between_looking_up_and_locking(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    plan = plan_transfer(TransferWish(payer, payee, 100, "CNY", customer_actor(payer), key()))
    people.close_customer(payee, actor=SYSTEM("topay"))
    assert submit(plan).reason is Reason.RECIPIENT_CLOSED
    assert available(payer) == 1_000


@pytest.mark.parametrize("scope", [Scope.RECEIVE, Scope.ALL])
def test_frozen_recipient(customer_factory: CustomerFactory, scope: Scope) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    people.place_freeze(payee, reason="customer_asked", actor=SYSTEM("topay"), scope=scope)
    outcome = send(payer, payee.number, 100)
    assert outcome.reason is Reason.RECIPIENT_RESTRICTED
    [held] = outcome.facts["restrictions"]
    assert (held["kind"], held["scope"], held["reason"]) == ("freeze", scope, "customer_asked")


def test_frozen_sender_and_free_again(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    people.place_freeze(payer, reason="stolen", actor=SYSTEM("topay"), scope=Scope.SEND)
    assert send(payer, payee, 100).reason is Reason.SENDER_RESTRICTED
    assert send(payee, payer, 100).reason is Reason.BALANCE_SHORT  # may still receive
    approve_unfreeze(payer)
    assert send(payer, payee, 100).ok


def test_a_wallet_opened_under_a_freeze_is_frozen(customer_factory: CustomerFactory) -> None:
    payer = customer_factory(brand="tpwallet")
    people.place_freeze(payer, reason="stolen", actor=SYSTEM("tpwallet"))
    payee = customer_factory(brand="tpwallet")
    fund(payee, 1_000, "USD")
    assert send(payer, payee, 100, currency="USD").reason is Reason.SENDER_RESTRICTED


def test_a_risk_restriction_blocks_what_it_covers(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    people.place_restriction(
        payer, kind=RestrictionKind.RISK, scope=Scope.SEND, reason="pattern", actor=SYSTEM("topay")
    )
    outcome = send(payer, payee, 100)
    assert outcome.facts["restrictions"][0]["kind"] == "risk"


def test_recipient_without_that_currency(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(brand="tpwallet"), customer_factory(brand="tpwallet")
    fund(payer, 1_000, "USD")
    outcome = send(payer, payee, 100, currency="USD")
    assert outcome.reason is Reason.CURRENCY_DIFFERS
    assert outcome.facts == {"currency": "USD", "takes": ["CNY"]}


def test_single_and_day_limit(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    limits = profiles.get("topay").limits["CNY"].of(0)
    fund(payer, limits.day + limits.single)
    over = send(payer, payee, limits.single + 1)
    assert over.reason is Reason.LIMIT_SINGLE
    assert over.facts["limit"] == limits.single
    left = limits.day
    while left:
        part = min(left, limits.single)
        assert send(payer, payee, part, again=True).ok
        left -= part
    outcome = send(payer, payee, 1)
    assert outcome.reason is Reason.LIMIT_DAY
    assert outcome.facts["used"] == limits.day
    assert outcome.facts["left"] == 0
    assert queries.wallets(payer)[0].left_today == 0


def test_the_day_is_cut_in_the_brands_zone(customer_factory: CustomerFactory) -> None:
    limits, zone = profiles.get("topay").limits["CNY"].of(0), profiles.get("topay").zone
    local = (clock.now() - timedelta(days=2)).astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    with clock.travel(midnight - timedelta(hours=2)):
        early, late = customer_factory(), customer_factory()
        fund(early, limits.day * 2)
    with clock.travel(midnight - timedelta(minutes=1)):
        sent = 0
        while sent < limits.day:
            part = min(limits.single, limits.day - sent)
            assert send(early, late, part, again=True).ok
            sent += part
        refused = send(early, late, 1, again=True)
        assert refused.reason is Reason.LIMIT_DAY
        assert refused.facts["until"] == midnight.astimezone(clock.now().tzinfo).isoformat()
    with clock.travel(midnight + timedelta(seconds=1)):
        assert send(early, late, 1, again=True).ok


def test_a_repeat_asks_and_may_be_meant(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    first = send(payer, payee, 100)
    second = send(payer, payee, 100)
    assert second.reason is Reason.DUPLICATE
    assert second.facts["first"] == first.number
    assert send(payer, payee, 100, again=True).ok
    assert send(payer, payee, 101).ok  # another amount is another payment
    assert available(payee) == 301


def test_the_same_key_answers_the_first_result(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    same = key()
    first = send(payer, payee, 100, key=same)
    again = send(payer, payee, 100, key=same)
    assert (again.id, again.state, again.repeated) == (first.id, first.state, True)
    assert available(payee) == 100
    with pytest.raises(RequestConflict):
        send(payer, payee, 200, key=same)
    assert available(payee) == 100


def test_a_refusal_is_repeated_as_it_was(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    same = key()
    first = send(payer, payee, 100, key=same)
    fund(payer, 1_000)
    again = send(payer, payee, 100, key=same)
    assert again.reason is first.reason is Reason.BALANCE_SHORT
    assert again.id == first.id


def test_old_app_and_maintenance(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    minimum = profiles.get("topay").min_client_version
    old = send(payer, payee, 100, client_version="0.0.1")
    assert old.reason is Reason.APP_TOO_OLD
    assert old.facts == {"version": "0.0.1", "minimum": minimum}
    assert send(payer, payee, 100, client_version=minimum).ok
    until = clock.now() + timedelta(hours=1)
    opened = notice("maintenance", "transfer", until)
    stopped = send(payer, payee, 50)
    assert stopped.reason is Reason.MAINTENANCE
    assert stopped.facts == {"notice": str(opened.id), "until": until.isoformat()}


def test_an_incident_is_recorded_but_stops_nothing(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    opened = notice("incident", "transfer", None)
    outcome = send(payer, payee, 100)
    assert outcome.ok
    assert Payment.objects.get(id=outcome.id).notice_id == opened.id


def test_retry_is_linked_to_the_failed_one(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    failed = send(payer, payee, 100, note="谢谢")
    fund(payer, 1_000)
    first = Payment.objects.get(id=failed.id)
    outcome = actions.retry(first, actor=customer_actor(payer), key=key())
    assert outcome.ok
    second = Payment.objects.get(id=outcome.id)
    assert second.retry_of_id == first.id
    assert second.note == "谢谢"
    with pytest.raises(actions.NotRetriable):
        actions.retry(second, actor=customer_actor(payer), key=key())


def test_only_one_retry_succeeds(customer_factory: CustomerFactory) -> None:
    """However long after, and however the page that offers it was opened."""
    with clock.travel(clock.now() - timedelta(hours=3)):
        payer, payee = customer_factory(), customer_factory()
        actor = customer_actor(payer)
        failed = Payment.objects.get(id=send(payer, payee, 100).id)
        assert not actions.retry(failed, actor=actor, key=key()).ok  # still nothing there
        fund(payer, 1_000)
        clock.advance(timedelta(hours=1))
        done = actions.retry(failed, actor=actor, key=key())
        assert done.ok
        clock.advance(timedelta(hours=1))
        with pytest.raises(actions.NotRetriable):
            actions.retry(failed, actor=actor, key=key())
        # Of two that passed that question at the same moment, the second is decided under locks.
        again = send(payer, payee, 100, retry_of=failed)
        assert (again.reason, again.facts["first"]) == (Reason.DUPLICATE, done.number)
        # Another sum is another payment.
        assert send(payer, payee, 99, retry_of=failed).ok
    assert available(payer) == 801


def test_secrets_in_a_note_are_masked(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    outcome = send(payer, payee, 100, note="卡号 4111 1111 1111 1111")
    assert "1111 1111" not in Payment.objects.get(id=outcome.id).note
