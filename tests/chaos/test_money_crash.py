"""A process is killed in the middle of moving money; the next one finds the truth.

The killed process is a real one (forked, ended without any clean-up at the chosen line), so what
it had not committed is rolled back by the server, as after a power cut of the application.
"""

import os
import threading
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn

import pytest

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import actions, executing, telling
from paydesk.money.payments.actions import reconcile
from paydesk.money.payments.models import Payment, ProviderNotification, SimulatedOrder
from paydesk.money.payments.providers.simulated.adapter import Simulated
from paydesk.money.payments.states import PaymentState
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.harness import databases
from tests.money.payments.helpers import available, fund, key, send, top_up
from tests.money.payments.test_reconcile import differing

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_db")]
KILLED = 77
START = timedelta(hours=2)


def die(*_: object, **__: object) -> NoReturn:
    os._exit(KILLED)


def killed_while(work: Callable[[], object], owner: Any, name: str, *, after: bool) -> None:
    """Do `work` in a process that dies when it calls `owner.name`, before or after the call."""
    databases.let_go()  # a socket must not be shared with the child
    for thread in threading.enumerate():  # nor a lock that a thread of the pool still holds
        if thread.name.startswith("pool-"):
            thread.join(10)
    child = os.fork()
    if child == 0:
        try:
            real = getattr(owner, name)

            def deadly(*args: Any, **more: Any) -> NoReturn:
                if after:
                    real(*args, **more)
                die()

            setattr(owner, name, deadly)
            work()
        except BaseException:
            traceback.print_exc()  # the parent only sees that it did not die as it should
        finally:
            os._exit(1)  # it should have died before
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == KILLED


def let_pass(seconds: int) -> None:
    clock.advance(timedelta(seconds=seconds))
    actions.sweep()


def the_top_up(customer: Customer) -> Payment:
    return Payment.objects.get(payee=customer, kind="topup")


def test_after_the_intent_before_the_provider(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - START):
        customer = customer_factory()
        killed_while(lambda: top_up(customer), Simulated, "charge", after=False)
        assert the_top_up(customer).state == PaymentState.PROCESSING
        assert not SimulatedOrder.objects.exists()
        let_pass(35)
        let_pass(60)
        payment = the_top_up(customer)
        assert (payment.state, payment.reason) == ("failed", "provider_down")
        assert available(customer) == 0


def test_after_the_provider_took_it(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - START):
        customer = customer_factory()
        killed_while(lambda: top_up(customer, 500), Simulated, "charge", after=True)
        assert SimulatedOrder.objects.get().taken == 500
        assert available(customer) == 0
        let_pass(35)
        assert the_top_up(customer).state == PaymentState.SUCCEEDED
        assert available(customer) == 500


def test_inside_the_transaction_nothing_happened(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    same = key()
    killed_while(lambda: send(payer, payee, 100, key=same), telling, "announce", after=True)
    assert (available(payer), available(payee)) == (1_000, 0)
    outcome = send(payer, payee, 100, key=same)
    assert outcome.ok
    assert not outcome.repeated
    assert (available(payer), available(payee)) == (900, 100)
    assert verify().ok


def test_after_the_commit_the_first_result_stands(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    same = key()
    killed_while(lambda: send(payer, payee, 100, key=same), executing, "_execute", after=True)
    assert available(payee) == 100
    outcome = send(payer, payee, 100, key=same)
    assert (outcome.ok, outcome.repeated) == (True, True)
    assert available(payee) == 100


def test_between_storing_and_applying_a_notification(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - START):
        customer = customer_factory()
        top_up(customer, 500, token="sim_card_0923")
        clock.advance(timedelta(seconds=20))
        killed_while(actions.sweep, actions.notify, "apply_notification", after=False)
        assert ProviderNotification.objects.get().applied_at is None
        assert available(customer) == 0
        let_pass(15)
        assert available(customer) == 500
        let_pass(3600)
        assert available(customer) == 500
        assert ProviderNotification.objects.count() == 1


def test_crediting_what_was_paid_ends_the_first_payment_or_does_nothing(
    customer_factory: CustomerFactory,
) -> None:
    customer = customer_factory()
    payment = differing(customer)

    def credit() -> object:
        return reconcile.credit_what_was_paid(payment, actor=SYSTEM("topay"))

    killed_while(credit, telling, "announce", after=True)
    payment.refresh_from_db()
    assert (payment.state, available(customer)) == ("processing", 0)
    killed_while(credit, reconcile, "submit_many", after=True)
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("failed", "amount_differs")
    assert available(customer) == 9_990
    with pytest.raises(reconcile.NothingToReconcile):
        credit()
    assert verify().ok
