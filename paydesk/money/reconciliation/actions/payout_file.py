"""The file of payouts that a person carries to the bank: each payout stands in one file only.

The file holds names and account numbers in full: it is made when it is asked for, given to the
one who asks, and not stored. Asked for again, it is the same file.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, ids, vault
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.payments.models import Attempt
from paydesk.money.payments.providers import credentials
from paydesk.money.payments.providers.bank import pain
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import AttemptState, Direction, PaymentState
from paydesk.money.reconciliation.models import PayoutFile, PayoutOrder
from paydesk.people import permissions
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission

MOST = 5000  # orders of a file
_OPEN = (AttemptState.STARTED, AttemptState.UNKNOWN)


class NothingToPay(ValueError):
    """No payout waits for a file."""


@transaction.atomic
def make(*, brand: str, currency: str, staff: StaffMember) -> PayoutFile:
    """Put the waiting payouts of a currency into a new file. Raises PermissionDenied,
    NothingToPay."""
    permissions.require(staff, brand, Permission.RECONCILIATION_MANAGE)
    waiting = Attempt.objects.filter(
        brand=brand,
        provider="bank",
        direction=Direction.PAYOUT,
        currency=currency,
        state__in=_OPEN,
        payment__state=PaymentState.PROCESSING,
        payout_order__isnull=True,
    ).exclude(payment__reason=Reason.AMOUNT_DIFFERS)
    # Two people at once never put one payout into two files: its row is locked, its place unique.
    # Its payment is locked too: what is being settled now is in no file.
    rows = waiting.select_related("payment").order_by("id")
    locked = rows.select_for_update(of=("self", "payment"), skip_locked=True, no_key=True)
    found = list(locked[:MOST])
    if not found:
        raise NothingToPay(currency)
    file = PayoutFile.objects.create(
        id=ids.uuid7(),
        brand=brand,
        currency=currency,
        count=len(found),
        total=sum(one.amount for one in found),
        made_by=staff,
        made_at=clock.now(),
    )
    PayoutOrder.objects.bulk_create(
        PayoutOrder(file=file, attempt=one, brand=brand) for one in found
    )
    _record(file, staff, "reconciliation.payout_file")
    return file


def content(file: PayoutFile, staff: StaffMember) -> bytes:
    """The file, to be handed to the bank; each time on record. Raises PermissionDenied,
    NotConfigured, vault.Unopenable."""
    permissions.require(staff, file.brand, Permission.RECONCILIATION_MANAGE)
    account = credentials.of("bank", file.brand)
    debtor = pain.Debtor(account["holder"], account["account"], account["bic"])
    attempts = Attempt.objects.filter(payout_order__file=file).order_by("id")
    at: datetime = file.made_at
    on = at.astimezone(profiles.get(file.brand).zone).date()
    raw = pain.write(file.message, debtor, _orders(attempts), at, on)
    with transaction.atomic():
        _record(file, staff, "reconciliation.payout_file_taken")
    return raw


def _orders(attempts: Iterable[Attempt]) -> list[pain.Order]:
    return [_order(one.id, one.amount, one.currency, one.terms["destination"]) for one in attempts]


def _order(reference: UUID, amount: int, currency: str, to: dict[str, str]) -> pain.Order:
    return pain.Order(
        reference=reference,
        amount=amount,
        currency=currency,
        name=vault.unseal(to["holder_sealed"].encode(), to["about"]),
        number=vault.unseal(to["number_sealed"].encode(), to["about"]),
        is_iban=to["scheme"] == "iban",
        bank=to.get("branch") or to.get("bank", ""),
        is_bic=to["scheme"] in {"iban", "swift"},
    )


def _record(file: PayoutFile, staff: StaffMember, action: str) -> None:
    audit.record(
        brand=file.brand,
        actor=Actor(ActorKind.STAFF, staff.id, file.brand),
        action=action,
        subject=f"payoutfile:{file.id}",
        details={"count": file.count, "total": file.total, "currency": file.currency},
    )
