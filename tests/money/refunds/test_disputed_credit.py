"""A disputed charge that staff credited as received, or have not credited yet: the money lies in a
payment of its own, and the one that was charged has failed (rows 19, 21 and 49)."""

from collections.abc import Iterator
from typing import Any

import pytest

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import actions as payments
from paydesk.money.payments.actions import reconcile
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.providers.protocol import Answer, Said
from paydesk.money.payments.providers.simulated import signing
from paydesk.money.reconciliation import actions as reconciliation
from paydesk.money.refunds import jobs, queries
from paydesk.money.refunds.models import Dispute
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.orders.shops import order, pay_by_provider, shop
from tests.money.payments.helpers import available, send, top_up
from tests.money.refunds.helpers import losses, told, tries

TOOK = 9_990


@pytest.fixture(autouse=True)
def sound(committed_db: None) -> Iterator[None]:
    yield
    assert not verify().breaks


@pytest.fixture
def owner(customer_factory: CustomerFactory) -> Customer:
    return customer_factory()


@pytest.fixture
def uncredited(owner: Customer) -> Payment:
    """A top-up of 10,000 for which the provider took 9,990."""
    return taken(Payment.objects.get(id=top_up(owner, 10_000, token="sim_card_0921").id))


def taken(payment: Payment) -> Payment:
    attempt = Attempt.objects.get(payment=payment)
    raw = signing.write(
        "topay", "evt_late", attempt.id, Answer(Said.PAID, TOOK, attempt.currency, "ref")
    )
    payments.receive_notification(
        "simulated", "topay", raw, signing.sign("topay", raw, clock.now())
    )
    payment.refresh_from_db()
    assert payment.reason == "amount_differs"
    return payment


def credited(payment: Payment) -> Payment:
    done = reconcile.credit_what_was_paid(payment, actor=SYSTEM("topay"))
    payment.refresh_from_db()
    assert (done.ok, payment.state) == (True, "failed")
    return Payment.objects.get(id=done.id)


def disputed(payment: Payment, state: str) -> Dispute:
    return told(payment, state, amount=TOOK)


def money(row: Dispute) -> tuple[int, int, int]:
    """What is held, what was taken, what the house bore."""
    found = queries.dispute_money(row)
    return found.held, found.taken, found.borne


def test_what_was_credited_is_held_and_goes_back(owner: Customer, uncredited: Payment) -> None:
    credit = credited(uncredited)
    row = disputed(uncredited, "open")
    assert (row.payment_id, money(row), available(owner)) == (credit.id, (TOOK, 0, 0), 0)
    row = disputed(uncredited, "lost")
    assert (money(row), losses()) == ((0, TOOK, 0), 0)
    assert Dispute.objects.get().settled_at
    assert Payment.objects.get(id=credit.id).refunded == TOOK


def test_spent_meanwhile_the_house_bears_it_once(
    owner: Customer, uncredited: Payment, customer_factory: CustomerFactory
) -> None:
    credited(uncredited)
    send(owner, customer_factory(), TOOK)
    row = disputed(uncredited, "open")
    for _ in range(2):
        row = disputed(uncredited, "lost")
        jobs.sweep(0)
    assert (money(row), losses(), len(tries(row))) == ((0, 0, TOOK), TOOK, 1)


def test_what_paid_for_a_purchase_is_the_payer_s(customer_factory: CustomerFactory) -> None:
    payer, tea = customer_factory(), shop(customer_factory())
    payment = taken(pay_by_provider(order(tea, 10_000), payer))
    credited(payment)
    row = disputed(payment, "open")
    assert (money(row), available(payer)) == ((TOOK, 0, 0), 0)


@pytest.mark.parametrize("state", ["open", "lost"])
def test_while_nobody_has_it_nothing_is_tried(uncredited: Payment, state: str) -> None:
    row = disputed(uncredited, state)
    for _ in range(2):
        jobs.sweep(0)
    assert (tries(row), losses(), Dispute.objects.get().settled_at) == ([], 0, None)
    assert [one.id for one in queries.open_disputes(["topay"])] == [row.id]


@pytest.mark.parametrize("state", ["open", "reviewed"])
def test_while_the_bank_decides_staff_credit_nobody(
    owner: Customer, uncredited: Payment, staff_factory: StaffFactory, state: str
) -> None:
    disputed(uncredited, state)
    with pytest.raises(reconciliation.Disputed):
        reconciliation.credit(uncredited, note="已核对账单", staff=staff_factory(role="admin"))
    assert available(owner) == 0
    disputed(uncredited, "won")
    done = reconciliation.credit(uncredited, note="已核对账单", staff=staff_factory(role="admin"))
    assert done
    assert available(owner) == TOOK


def test_credited_by_staff_though_lost_it_is_taken_at_once(
    owner: Customer, uncredited: Payment, staff_factory: StaffFactory
) -> None:
    row = disputed(uncredited, "lost")
    done = reconciliation.credit(uncredited, note="已核对账单", staff=staff_factory(role="admin"))
    assert done
    assert done.ok
    row.refresh_from_db()
    assert (row.payment_id, money(row), available(owner)) == (done.id, (0, TOOK, 0), 0)
    assert row.settled_at


def test_disputed_in_the_moment_of_the_credit_it_is_held_at_once(
    owner: Customer,
    uncredited: Payment,
    staff_factory: StaffFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    credit = reconcile.credit_what_was_paid

    def slower(payment: Payment, **more: Any) -> Outcome:
        disputed(payment, "open")
        return credit(payment, **more)

    monkeypatch.setattr(reconcile, "credit_what_was_paid", slower)
    done = reconciliation.credit(uncredited, note="已核对账单", staff=staff_factory(role="admin"))
    row = Dispute.objects.get()
    assert done
    assert (row.payment_id, money(row), available(owner)) == (done.id, (TOOK, 0, 0), 0)


def test_credited_and_cut_off_the_sweep_goes_on(owner: Customer, uncredited: Payment) -> None:
    row = disputed(uncredited, "lost")
    credit = credited(uncredited)
    assert available(owner) == TOOK
    jobs.sweep(0)
    row.refresh_from_db()
    assert (row.payment_id, money(row), available(owner)) == (credit.id, (0, TOOK, 0), 0)
    assert row.settled_at


def test_won_before_it_was_credited_it_is_free(owner: Customer, uncredited: Payment) -> None:
    disputed(uncredited, "open")
    row = disputed(uncredited, "won")
    assert row.settled_at
    credited(uncredited)
    jobs.sweep(0)
    assert (money(row), available(owner)) == ((0, 0, 0), TOOK)
