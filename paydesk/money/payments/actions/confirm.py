"""Writing to both sides once money has moved, each in their language (mission C7)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from paydesk.kit import clock
from paydesk.kit.money import format_amount
from paydesk.money.merchants import queries as merchants
from paydesk.money.payments import texts, updating
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.notifications import actions as notifications
from paydesk.people import telling
from paydesk.people.models import Customer

_TOLD_ELSEWHERE = frozenset({PaymentKind.WITHDRAWAL, PaymentKind.BILL})
"""Kinds whose own domain writes to the payer, with what only it knows."""

_PART = 50
"""How many payments one transaction confirms."""


def confirm(payment_ids: Iterable[UUID], *, at: Callable[[Payment], datetime] | None = None) -> int:
    """Send the confirmations that were not sent yet; answers for how many payments.

    `at`: when each is written, if not now.
    """
    wanted = list(payment_ids)
    parts = [wanted[start : start + _PART] for start in range(0, len(wanted), _PART)]
    return sum(_confirm(part, at or (lambda _: clock.now())) for part in parts)


@transaction.atomic
def _confirm(payment_ids: Sequence[UUID], at: Callable[[Payment], datetime]) -> int:
    found = (
        Payment.objects.select_for_update(of=("self",))
        .select_related("payer__user", "payee__user", "merchant", "original__payee")
        .filter(id__in=payment_ids, state=PaymentState.SUCCEEDED, confirmed_at=None)
        .order_by("id")
    )
    done = [(payment, at(payment)) for payment in found]
    notifications.send_all(
        [
            _letter(customer, template, payment, moment)
            for payment, moment in done
            for customer, template in _readers(payment)
        ]
    )
    updating.confirmed([(payment.id, moment) for payment, moment in done])
    return len(done)


def _readers(payment: Payment) -> list[tuple[Customer, str]]:
    """Who is written to, and with which template."""
    if payment.kind in _TOLD_ELSEWHERE or payment.reason == Reason.BANK_RETURNED:
        return []
    if payment.kind == PaymentKind.TOPUP:
        sides = [(payment.payee, "topup")]
    elif payment.kind == PaymentKind.REFUND:
        sides = [(payment.payee, "refunded"), (payment.payer, "refund_given")]
    elif payment.kind == PaymentKind.EXCHANGE:
        sides = [(payment.payer, "exchanged")]
    elif payment.kind == PaymentKind.REMITTANCE:
        sides = [(payment.payer, "remitted"), (payment.payee, "received")]
    else:
        sides = [(payment.payer, "sent"), (payment.payee, "received")]
    return [(who, f"payments/{name}") for who, name in sides if who]


def _name(other: Customer | None, payment: Payment) -> str:
    """The other side as a customer may read it: a person's masked name, a shop's as it is."""
    if payment.merchant:
        return payment.merchant.name
    return merchants.shown_name(other) if other else ""


def _recipient(refund: Payment) -> Customer | None:
    """Who got the remittance that goes back, None for any other payment."""
    first = refund.original
    return first.payee if first and first.kind == PaymentKind.REMITTANCE else None


def _letter(
    customer: Customer, template: str, payment: Payment, moment: datetime
) -> notifications.Letter:
    user = customer.user
    paid = customer.id == payment.payer_id
    other = payment.payee if paid else payment.payer or _recipient(payment)
    assert payment.booked_at
    return telling.letter(
        user,
        template,
        at=moment,
        params={
            "amount": format_amount(*(payment.gave if paid else payment.got)),
            "received": format_amount(*payment.got),
            "fee": format_amount(payment.fee, payment.currency),
            "other": _name(other, payment),
            "abroad": "yes" if _recipient(payment) else "",
            "method": texts.method(payment.method, user.lang),
            "number": payment.number,
            "at": telling.local_time(user, payment.booked_at),
        },
    )
