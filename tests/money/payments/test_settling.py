"""What follows from a provider's answer, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from paydesk.kit import ids
from paydesk.money.payments.providers.protocol import Answer, Said
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.settling import PAUSES, Tried, pause, settlement
from paydesk.money.payments.states import AttemptState, PaymentState

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tried(age: int = 0, queries: int = 0) -> Tried:
    started = AT - timedelta(seconds=age)
    return Tried(ids.uuid7(), ids.uuid7(), 5_000, "CNY", {"last4": "4242"}, started, queries)


def answer(said: Said, amount: int = 5_000, currency: str = "CNY", code: str = "") -> Answer:
    return Answer(said, amount, currency, "ref", code)


def test_paid() -> None:
    said = settlement(tried(), answer(Said.PAID), AT)
    assert (said.state, said.attempt_state, said.reason) == (
        PaymentState.SUCCEEDED,
        AttemptState.PAID,
        None,
    )


@pytest.mark.parametrize(("amount", "currency"), [(4_999, "CNY"), (5_001, "CNY"), (5_000, "USD")])
def test_paid_otherwise_than_ordered(amount: int, currency: str) -> None:
    said = settlement(tried(), answer(Said.PAID, amount, currency), AT)
    assert (said.state, said.reason) == (PaymentState.PROCESSING, Reason.AMOUNT_DIFFERS)
    assert said.query_at is None


def test_silence_is_never_an_outcome() -> None:
    for asked_again in (False, True):
        said = settlement(tried(10**6), None, AT, asked_again=asked_again)
        assert said.state is PaymentState.UNKNOWN
        assert said.query_at
        assert said.query_at > AT


def test_waiting_after_silence_stays_unknown() -> None:
    assert settlement(tried(), answer(Said.WAITING), AT).state is PaymentState.PROCESSING
    asked = settlement(tried(), answer(Said.WAITING), AT, asked_again=True)
    assert (asked.state, asked.facts["provider_says"]) == (PaymentState.UNKNOWN, "waiting")


@pytest.mark.parametrize(("age", "state"), [(59, PaymentState.UNKNOWN), (60, PaymentState.FAILED)])
def test_not_found_is_believed_late(age: int, state: PaymentState) -> None:
    assert settlement(tried(age), answer(Said.NOT_FOUND), AT, asked_again=True).state is state


def test_an_unknown_code_says_only_that_it_was_refused() -> None:
    assert settlement(tried(), answer(Said.REFUSED, code="Z9"), AT).reason is Reason.CARD_DECLINED


def test_pauses_grow_and_never_end() -> None:
    pauses = [pause(n) for n in range(50)]
    assert pauses == sorted(pauses)
    assert pauses[0] == PAUSES[0]
    assert pauses[-1] == PAUSES[-1]
