"""Rows 31, 37, 40 to 43 caused on their real paths: withdrawals to bank accounts."""

from datetime import timedelta

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments.plans import Outcome
from paydesk.money.payouts import actions
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.desk.diagnosis.causes import cause
from tests.factories import CustomerFactory
from tests.money.payments.helpers import fund
from tests.money.payouts.helpers import bank_account, let_pass, monday, row_of, send, withdraw


def _customer(make: CustomerFactory) -> Customer:
    with clock.travel(monday() - timedelta(days=5)):
        customer = make(name="Chen Xiaowen", identity_level=2, lang="en")
        fund(customer, 100_000)
        return customer


def _refused_by_the_bank(make: CustomerFactory, last4: str) -> Outcome:
    customer = _customer(make)
    with clock.travel(monday()):
        outcome = withdraw(customer, bank_account(customer, last4), 5_000)
        let_pass(120)
        return outcome


@cause("name_differs")
def _(make: CustomerFactory) -> Outcome:
    return _refused_by_the_bank(make, "0101")


@cause("identity_unfinished")
def _(make: CustomerFactory) -> Outcome:
    customer = _customer(make)
    with clock.travel(monday()):
        account = bank_account(customer)
        people.set_identity_level(customer, level=0, actor=SYSTEM("topay"))
        return withdraw(customer, account)


@cause("bank_details")
def _(make: CustomerFactory) -> Outcome:
    return _refused_by_the_bank(make, "0001")


@cause("amount_refused")
def _(make: CustomerFactory) -> Outcome:
    return _refused_by_the_bank(make, "0109")


@cause("bank_not_served")
def _(make: CustomerFactory) -> Outcome:
    return _refused_by_the_bank(make, "0203")


@cause("past_cutoff")
def _(make: CustomerFactory) -> Outcome:
    customer = _customer(make)
    with clock.travel(monday(18)):
        return withdraw(customer, bank_account(customer))


@cause("bank_returned")
def _(make: CustomerFactory) -> Outcome:
    customer = _customer(make)
    with clock.travel(monday()):
        outcome = withdraw(customer, bank_account(customer), 5_000)
        send(outcome)
        attempt = row_of(outcome).attempt_id
        assert attempt
        actions.take_return(attempt, code="MD07", amount=5_000, currency="CNY", at=clock.now())
        actions.credit_due()
        credit = row_of(outcome).credit
        assert credit
        return Outcome(credit.id, None)
