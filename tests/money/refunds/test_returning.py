"""A refund that comes back to its provider goes into the wallet, now or once it can receive."""

import pytest

from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.verify import verify
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentState
from paydesk.money.refunds import actions, jobs
from paydesk.money.refunds.actions import returning
from paydesk.money.refunds.models import RefundRequest, ReturnedRefund
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import approve_unfreeze, available
from tests.money.refunds.helpers import asked, by_card, mails, steps

pytestmark = pytest.mark.usefixtures("committed_db")
GONE = "expired_or_canceled_card"


@pytest.fixture
def customer(customer_factory: CustomerFactory) -> Customer:
    return customer_factory()


@pytest.fixture
def sent(customer: Customer, staff_factory: StaffFactory) -> RefundRequest:
    """A refund to a card which the provider gave back."""
    return sent_back(customer, staff_factory)


def sent_back(customer: Customer, staff_factory: StaffFactory) -> RefundRequest:
    payment = by_card(customer, "4751")
    request = actions.decide(asked(customer, payment, 5_000), staff=staff_factory(), grant=5_000)
    assert (request.state, available(customer)) == ("arrived", 0)
    return request


def returned(request: RefundRequest) -> bool:
    """The word of the provider that it came back."""
    attempt = Payment.objects.get(purpose=request.purpose).attempts.get()
    return actions.returned(attempt_id=str(attempt.id), code=GONE)


def freeze(customer: Customer) -> None:
    people.place_freeze(customer, reason="stolen", actor=SYSTEM("topay"))


def credits() -> list[str]:
    """The states of all tries to credit what came back."""
    found = Payment.objects.filter(purpose__startswith="return:").order_by("created_at", "id")
    return list(found.values_list("state", flat=True))


def test_it_is_credited_once_however_often_it_is_told(
    customer: Customer, sent: RefundRequest
) -> None:
    assert [returned(sent), returned(sent)] == [True, False]
    assert (available(customer), credits()) == (5_000, ["succeeded"])
    assert actions.credit_due() == 0
    row = ReturnedRefund.objects.get()
    assert row.credit
    assert (row.credit.state, row.code) == (PaymentState.SUCCEEDED, GONE)
    assert steps(sent).count("returned") == mails(customer).count("returned") == 1


def test_a_frozen_wallet_gets_it_when_it_is_free_again(
    customer: Customer, sent: RefundRequest
) -> None:
    freeze(customer)
    assert [returned(sent), returned(sent)] == [False, False]
    jobs.sweep(0)
    assert (available(customer), credits()) == (0, [])  # not even tried
    assert "returned" not in steps(sent)
    approve_unfreeze(customer)
    for _ in range(2):
        jobs.sweep(0)
    assert (available(customer), credits()) == (5_000, ["succeeded"])
    assert steps(sent).count("returned") == mails(customer).count("returned") == 1
    assert not verify().breaks


def test_frozen_in_the_moment_of_the_credit_it_is_tried_anew(
    customer: Customer, sent: RefundRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal under the locks is recorded; another key is tried then."""
    freeze(customer)
    with monkeypatch.context() as patch:
        patch.setattr(returning, "_is_able", lambda row: True)
        assert not returned(sent)
        assert actions.credit_due() == 0
    assert credits() == ["failed", "failed"]
    assert ReturnedRefund.objects.get().credit_tries == 2
    approve_unfreeze(customer)
    assert [actions.credit_due(), actions.credit_due()] == [1, 0]
    assert (available(customer), credits()) == (5_000, ["failed", "failed", "succeeded"])


def test_a_crash_after_the_credit_credits_nothing_twice(
    customer: Customer, sent: RefundRequest
) -> None:
    returned(sent)
    ReturnedRefund.objects.update(credit=None)
    assert actions.credit_due() == 1
    assert (available(customer), credits()) == (5_000, ["succeeded"])


def test_a_frozen_wallet_keeps_no_other_waiting(
    customer: Customer,
    sent: RefundRequest,
    customer_factory: CustomerFactory,
    staff_factory: StaffFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(returning, "BATCH", 1)
    other = customer_factory()
    second = sent_back(other, staff_factory)
    freeze(customer)
    freeze(other)
    assert not returned(sent)
    assert not returned(second)
    approve_unfreeze(other)
    assert actions.credit_due() == 1
    assert (available(customer), available(other)) == (0, 5_000)


def test_what_is_owed_to_a_closed_account_stays_owed(
    customer: Customer, sent: RefundRequest
) -> None:
    people.close_customer(customer, actor=SYSTEM("topay"))
    assert not returned(sent)
    assert actions.credit_due() == 0
    assert (credits(), ReturnedRefund.objects.get().credit) == ([], None)
