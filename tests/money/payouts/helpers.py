"""Bank accounts and withdrawals for tests, made by the real actions."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from paydesk.entry.cli.errands import run_waiting_jobs
from paydesk.kit import clock
from paydesk.money.payments import actions as payments
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payouts import actions
from paydesk.money.payouts.actions.withdrawing import WithdrawalWish
from paydesk.money.payouts.details import Details, Scheme, luhn
from paydesk.money.payouts.models import BankAccount, Withdrawal
from paydesk.people.models import Customer
from tests.money.payments.helpers import customer_actor, key

SHANGHAI = ZoneInfo("Asia/Shanghai")


def monday(hour: int = 10, minute: int = 0) -> datetime:
    """A moment of an ordinary working Monday in Shanghai, in the past of this test run."""
    return datetime(2026, 11, 16, hour, minute, tzinfo=SHANGHAI)


def card_ending(last4: str) -> str:
    """An ICBC card number with a right check digit and this end."""
    return next(number for n in range(10) if luhn(number := f"62220212345678{n}{last4}"))


def details(customer: Customer, last4: str = "0128", **more: str) -> Details:
    """A card of the customer's own."""
    values = {"scheme": Scheme.CN_CARD, "country": "CN", "holder": customer.name}
    return Details(**{**values, "number": card_ending(last4), **more})  # type: ignore[arg-type]


def bank_account(customer: Customer, last4: str = "0128", **more: str) -> BankAccount:
    """A bank account whose cooling-off is over."""
    with clock.travel(clock.now() - timedelta(days=3)):
        return actions.add_bank_account(
            customer=customer,
            typed=details(customer, last4, **more),
            actor=customer_actor(customer),
        )


def withdraw(customer: Customer, account: BankAccount, amount: int = 5_000, **more: Any) -> Outcome:
    """Ask for a withdrawal; amounts in minor units."""
    values: dict[str, Any] = {"currency": "CNY", "actor": customer_actor(customer), "key": key()}
    return actions.withdraw(
        WithdrawalWish(customer=customer, bank_account=account, amount=amount, **(values | more))
    )


def payment_of(outcome: Outcome) -> Payment:
    """The payment as it stands now."""
    return Payment.objects.get(id=outcome.id)


def row_of(outcome: Outcome) -> Withdrawal:
    """The withdrawal behind it."""
    return Withdrawal.objects.get(payment_id=outcome.id)


def let_pass(seconds: int) -> int:
    """Let time pass and do what it brings, jobs included; answers how many were sent."""
    clock.advance(timedelta(seconds=seconds))
    sent = actions.send_due()
    payments.sweep()
    run_waiting_jobs()
    actions.credit_due()
    return sent


def send(outcome: Outcome) -> Payment:
    """Send a withdrawal and let the bank pay it."""
    assert let_pass(120) == 1
    let_pass(60)
    payment = payment_of(outcome)
    assert payment.state == "succeeded", (payment.state, payment.reason, payment.facts)
    return payment
