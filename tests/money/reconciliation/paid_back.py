"""Money that no wallet can take, for tests; and two people who pay it back by bank."""

from datetime import date

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.payments import actions as payments
from paydesk.money.payments.accounts import provider_owner
from paydesk.money.payments.actions.by_bank import Transfer
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.providers.protocol import Answer, Said
from paydesk.money.payments.providers.simulated import signing
from paydesk.money.reconciliation import actions
from paydesk.money.reconciliation.actions import paying_back
from paydesk.people import actions as people
from paydesk.people.models import Customer, StaffMember
from tests.money.payments.helpers import top_up

TRANSFER = Transfer(date(2026, 11, 27), "CMB 2026 8812")
NOTE = "客户要求汇到尾号 1234 的账户"


def close(customer: Customer) -> None:
    people.close_customer(customer, actor=SYSTEM("topay"))


def too_late(customer: Customer, amount: int = 10_000) -> Payment:
    """A top-up that the provider took when its customer had closed the account."""
    payment = Payment.objects.get(id=top_up(customer, amount, token="sim_card_0921").id)
    close(customer)
    return _told(payment, amount, "CNY", "paid_not_credited")


def in_currency(payment: Payment, amount: int, currency: str) -> Payment:
    """The payment, once its provider told that it took this, in another currency than ordered."""
    return _told(payment, amount, currency, "amount_differs")


def _told(payment: Payment, amount: int, currency: str, reason: str) -> Payment:
    attempt = Attempt.objects.get(payment=payment)
    answer = Answer(Said.PAID, amount, currency, "ref")
    raw = signing.write("topay", f"evt_{attempt.id.hex}", attempt.id, answer)
    payments.receive_notification(
        "simulated", "topay", raw, signing.sign("topay", raw, clock.now())
    )
    payment.refresh_from_db()
    assert payment.reason == reason
    return payment


def ask(payment: Payment, staff: StaffMember) -> Request:
    """One of staff records that it was paid back."""
    actions.ask_to_pay_back(payment, TRANSFER, note=NOTE, staff=staff)
    return Request.objects.get(state="pending", action="reconcile.by_bank")


def pay_back(payment: Payment, one: StaffMember, two: StaffMember) -> Payment | None:
    """Paid back, recorded by one and agreed to by two: the payment that books it."""
    asked = approvals.decide(ask(payment, one), staff=two, approve=True)
    paying_back.carry_out(asked.id)
    paying_back.carry_out(asked.id)  # once more: nothing happens
    return Payment.objects.filter(approval_id=asked.id).first()


def lies(code: AccountCode, currency: str = "CNY") -> int:
    """What the house has, or is owed, by the simulated provider's clearing or at the bank."""
    owner = provider_owner("simulated") if code is AccountCode.PROVIDER_CLEARING else None
    account = ledger.account_for("topay", currency, code, owner=owner)
    return -ledger.balance(account).posted if account else 0
