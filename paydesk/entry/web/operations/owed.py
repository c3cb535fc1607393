"""What is owed to customers whose account is closed, as the reconciliation page lists it: nothing
else shows it any more, and no sweep can put it anywhere. Paid back by bank, it has ended."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from paydesk.entry.web.operations import paying_back
from paydesk.entry.web.operations.paying_back import Contest
from paydesk.entry.web.operations.recon_forms import PayBackForm
from paydesk.money.payments import queries as payments
from paydesk.money.payments.actions import by_bank
from paydesk.money.payments.models import Payment
from paydesk.money.payouts import queries as payouts
from paydesk.money.reconciliation import waiting
from paydesk.money.refunds import owed as refunds
from paydesk.money.refunds.owed import disputed
from paydesk.people.models import Customer


@dataclass(frozen=True, slots=True)
class Owed:
    """A payment whose amount is owed to a customer. `what` happened to it, `at` when (`since` says
    which moment that is); `code`: the provider's word, if there is one."""

    customer: Customer
    payment: Payment
    what: str
    since: str
    at: datetime
    code: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """What is owed, and the form that records how it was paid back; none while a second person is
    asked to agree (`asked`), or a bank decides about the charge (`contest`)."""

    row: Owed
    asked: bool
    contest: Contest | None
    back: PayBackForm | None


def to_closed(brand: str) -> list[Listed]:
    """Everything of a brand, the oldest first."""
    found = _owed(brand)
    disputes = disputed(one.payment for one in found)
    subjects, listed = waiting.asked_back(brand), []
    for row in found:
        asked = by_bank.subject(row.payment) in subjects
        contest = paying_back.contest(disputes.get(row.payment.pk))
        form = None if asked or contest else paying_back.form_for(row.payment)
        listed.append(Listed(row, asked, contest, form))
    return listed


def _owed(brand: str) -> list[Owed]:
    back = _("退回时间")
    found = [
        Owed(one.customer, one.attempt.payment, _("退款被退回"), back, one.returned_at, one.code)
        for one in refunds.owed_to_closed(brand)
    ]
    for row in payouts.owed_to_closed(brand):
        at = row.returned_at or row.goes_out_at
        found.append(Owed(row.customer, row.payment, _("提现被退回"), back, at, row.return_code))
    for payment in payments.owed_to_closed(brand):
        if payment.payee:
            what, since = _("注销后才收到"), _("下单时间")
            found.append(Owed(payment.payee, payment, what, since, payment.created_at))
    return sorted(found, key=lambda one: one.at)
