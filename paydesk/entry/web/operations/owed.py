"""What is owed to customers whose account is closed, as the reconciliation page lists it: nothing
else shows it any more, and no sweep can put it anywhere."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from paydesk.money.payments import queries as payments
from paydesk.money.payments.models import Payment
from paydesk.money.payouts import queries as payouts
from paydesk.money.refunds import queries as refunds
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


def to_closed(brand: str) -> list[Owed]:
    """Everything of a brand, the oldest first."""
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
