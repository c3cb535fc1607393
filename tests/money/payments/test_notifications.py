"""Provider notifications through the real hook: signed, fresh, once, in any order."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from paydesk.audit.models import Entry
from paydesk.kit import clock, ids
from paydesk.money.payments import actions
from paydesk.money.payments.actions import notify
from paydesk.money.payments.models import Attempt, Payment, ProviderNotification
from paydesk.money.payments.providers.protocol import Answer, Said
from paydesk.money.payments.providers.simulated import signing
from tests.factories import CustomerFactory
from tests.money.payments.helpers import available, top_up

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def attempt(customer_factory: CustomerFactory) -> Attempt:
    """A charge whose answer got lost."""
    outcome = top_up(customer_factory(), token="sim_card_0921")
    return Attempt.objects.select_related("payment__payee").get(payment_id=outcome.id)


def body(attempt: Attempt, said: Said = Said.PAID, event: str = "evt_1", **more: Any) -> bytes:
    answer = Answer(said, attempt.amount, attempt.currency, "sim_ref", more.pop("code", ""))
    fields = json.loads(signing.write(attempt.brand, event, attempt.id, answer)) | more
    return json.dumps(fields).encode()


def deliver(raw: bytes, headers: dict[str, str] | None = None, brand: str = "topay") -> int:
    signed = signing.sign(brand, raw, clock.now()) if headers is None else headers
    return (
        Client()
        .post(f"/hooks/simulated/{brand}", raw, "application/json", headers=signed)
        .status_code
    )


def state_of(attempt: Attempt) -> str:
    return str(Payment.objects.get(id=attempt.payment_id).state)


def money_of(attempt: Attempt) -> int:
    assert attempt.payment.payee
    return available(attempt.payment.payee)


def test_stored_as_it_came_and_applied(attempt: Attempt) -> None:
    raw = b" " + body(attempt) + b"\n"
    assert deliver(raw) == 200
    assert (state_of(attempt), money_of(attempt)) == ("succeeded", attempt.amount)
    stored = ProviderNotification.objects.get()
    assert bytes(stored.raw) == raw
    assert (stored.verified, stored.attempt_id, stored.result) == (True, attempt.id, "succeeded")
    assert stored.applied_at


def test_again_and_again_is_once(attempt: Attempt) -> None:
    raw = body(attempt)
    assert [deliver(raw) for _ in range(3)] == [200, 200, 200]
    assert deliver(body(attempt, extra="same event, other bytes")) == 200
    assert money_of(attempt) == attempt.amount
    assert ProviderNotification.objects.count() == 1


def test_another_event_about_the_same_is_no_news(attempt: Attempt) -> None:
    assert deliver(body(attempt, event="evt_1")) == 200
    assert deliver(body(attempt, event="evt_2")) == 200
    assert money_of(attempt) == attempt.amount
    results = ProviderNotification.objects.order_by("received_at").values_list("result", flat=True)
    assert list(results) == ["succeeded", "no_news"]


def test_waiting_after_paid_changes_nothing(attempt: Attempt) -> None:
    assert deliver(body(attempt, Said.PAID, "evt_2")) == 200
    assert deliver(body(attempt, Said.WAITING, "evt_1")) == 200
    assert deliver(body(attempt, Said.REFUSED, "evt_3", code="51")) == 200
    assert (state_of(attempt), money_of(attempt)) == ("succeeded", attempt.amount)


def test_waiting_before_paid(attempt: Attempt) -> None:
    assert deliver(body(attempt, Said.WAITING, "evt_1")) == 200
    assert deliver(body(attempt, Said.PAID, "evt_2")) == 200
    assert (state_of(attempt), money_of(attempt)) == ("succeeded", attempt.amount)


def test_refused_by_notification(attempt: Attempt) -> None:
    assert deliver(body(attempt, Said.REFUSED, code="51")) == 200
    payment = Payment.objects.get(id=attempt.payment_id)
    assert (payment.state, payment.reason) == ("failed", "card_funds")


@pytest.mark.parametrize("tampered", [b'"amount": 10000', b'"status": "paid"'])
def test_tampered_bytes(attempt: Attempt, tampered: bytes) -> None:
    raw = body(attempt)
    headers = signing.sign("topay", raw, clock.now())
    assert tampered in raw
    changed = raw.replace(tampered, tampered.replace(b"1", b"9").replace(b"paid", b"refused"))
    assert deliver(changed, headers) == 401
    stored = ProviderNotification.objects.get()
    assert (stored.verified, stored.refusal) == (False, "bad_signature")
    assert bytes(stored.raw) == changed
    assert (state_of(attempt), money_of(attempt)) == ("unknown", 0)
    # Somebody meddles with this payment: the provider is asked at once.
    assert Attempt.objects.get(id=attempt.id).next_query_at <= clock.now()


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({}, "unsigned"),
        ({signing.HEADER: "nonsense"}, "unsigned"),
        ({signing.HEADER: "t=1,v1=é"}, "bad_signature"),
        ({signing.HEADER: "t=99999999999,v1=00"}, "bad_signature"),
    ],
)
def test_without_a_right_signature(attempt: Attempt, headers: dict[str, str], problem: str) -> None:
    assert deliver(body(attempt), headers) == 401
    assert ProviderNotification.objects.get().refusal == problem


@pytest.mark.parametrize("minutes", [-6, 6])
def test_too_old_or_from_the_future(attempt: Attempt, minutes: int) -> None:
    raw = body(attempt)
    headers = signing.sign("topay", raw, clock.now() + timedelta(minutes=minutes))
    assert deliver(raw, headers) == 401
    assert ProviderNotification.objects.get().refusal == "stale"
    assert deliver(raw) == 200  # the same bytes, signed afresh
    assert state_of(attempt) == "succeeded"


def test_signed_for_another_brand(attempt: Attempt) -> None:
    raw = body(attempt)
    assert deliver(raw, signing.sign("gopay", raw, clock.now())) == 401
    # Rightly signed by the other brand's account, about this brand's payment:
    assert deliver(raw, signing.sign("gopay", raw, clock.now()), brand="gopay") == 401
    assert ProviderNotification.objects.get(brand="gopay").refusal == "other_account"
    as_theirs = body(attempt, account=signing.account("gopay"))
    assert deliver(as_theirs, brand="gopay") == 200
    assert ProviderNotification.objects.get(verified=True).result == "unknown_reference"
    assert state_of(attempt) == "unknown"


@pytest.mark.parametrize("amount", [9_999, 10_001, 0])
def test_another_amount(attempt: Attempt, amount: int) -> None:
    assert deliver(body(attempt, amount=amount)) == 200
    payment = Payment.objects.get(id=attempt.payment_id)
    assert (payment.state, payment.reason) == ("processing", "amount_differs")
    assert money_of(attempt) == 0
    # A second word with the right amount does not heal it: a person looks.
    assert deliver(body(attempt, event="evt_2")) == 200
    assert money_of(attempt) == 0


def test_another_currency(attempt: Attempt) -> None:
    assert deliver(body(attempt, currency="USD")) == 200
    assert Payment.objects.get(id=attempt.payment_id).reason == "amount_differs"


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"reference": 5}', b"\xff\xfe", b"[" * 5000])
def test_unreadable(raw: bytes) -> None:
    assert deliver(raw) == 401
    assert ProviderNotification.objects.get().refusal == "unreadable"


def test_unknown_reference(attempt: Attempt) -> None:
    attempt.id = ids.uuid7()
    assert deliver(body(attempt)) == 200
    assert ProviderNotification.objects.get().result == "unknown_reference"


def test_stored_but_not_applied_is_caught_up_on(
    customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(notification_id: object) -> None:
        raise RuntimeError("killed here")

    with clock.travel(clock.now() - timedelta(hours=1)):
        outcome = top_up(customer_factory(), token="sim_card_0921")
        attempt = Attempt.objects.select_related("payment__payee").get(payment_id=outcome.id)
        monkeypatch.setattr(actions.notify, "apply_notification", dies)
        with pytest.raises(RuntimeError):
            deliver(body(attempt))
        monkeypatch.undo()
        assert state_of(attempt) == "unknown"
        clock.advance(timedelta(seconds=11))
        actions.sweep()
    assert (state_of(attempt), money_of(attempt)) == ("succeeded", attempt.amount)


def test_a_flood_of_refused_ones_is_not_kept(attempt: Attempt) -> None:
    for n in range(notify.MOST_REFUSED + 3):
        assert deliver(body(attempt, event=f"evt_{n}"), {}) == 401
    assert ProviderNotification.objects.count() == notify.MOST_REFUSED
    assert deliver(body(attempt)) == 200  # what proves itself is taken all the same


def test_paid_after_it_was_given_up_is_for_a_person(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=1)):
        outcome = top_up(customer_factory(), token="sim_card_0922")
        for seconds in (30, 60):
            clock.advance(timedelta(seconds=seconds))
            actions.sweep()
        attempt = Attempt.objects.select_related("payment__payee").get(payment_id=outcome.id)
        assert state_of(attempt) == "failed"
        assert [deliver(body(attempt)), deliver(body(attempt))] == [200, 200]
    assert (state_of(attempt), money_of(attempt)) == ("failed", 0)
    assert ProviderNotification.objects.get().result == "contradicts"
    entry = Entry.objects.get(action="money.contradiction")
    assert entry.subject == f"payment:{outcome.id}"


def test_what_is_no_delivery(attempt: Attempt) -> None:
    assert Client().get("/hooks/simulated/topay").status_code == 405
    assert Client().post("/hooks/simulated/nobody").status_code == 404
    assert deliver(b"x" * (64 * 1024 + 1)) == 413
    assert not ProviderNotification.objects.exists()
