"""Disputes: a payer's bank takes a charge back unless it is shown to be right (row 49).

What a provider tells comes as a job after its notification. The disputed money is held where it
went; when the bank decides, it goes back or is free again (see `disputed_money`).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from paydesk.files import actions as files
from paydesk.kit import clock, ids, shield
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.kit.numbering import numbered
from paydesk.money.payments.actions import reconcile
from paydesk.money.payments.models import Attempt
from paydesk.money.refunds.actions import disputed_money, telling
from paydesk.money.refunds.models import Dispute, Evidence
from paydesk.money.refunds.rules import ENDED, UNDECIDED
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission, require

NUMBER_DIGITS = 12


def told(*, brand: str, attempt_id: str, payment_id: str, dispute: dict[str, Any]) -> Dispute:
    """Do what a provider tells about a dispute: open it, or end it. Harmless to repeat, in any
    order; runs outside any transaction."""
    attempt = Attempt.objects.get(id=attempt_id, brand=brand)
    # What was credited as received lies in a payment of its own, after the charged one had failed.
    credit = reconcile.credit_of(attempt)
    row = _recorded(attempt, credit.id if credit else UUID(payment_id), dispute)
    disputed_money.go_on(row)
    return row


@transaction.atomic
def _recorded(attempt: Attempt, payment_id: UUID, said: dict[str, Any]) -> Dispute:
    due = said.get("due_at") or None
    given = {
        "payment_id": payment_id,
        "amount": int(said["amount"]),
        "currency": said["currency"],
        "reason": str(said.get("reason", ""))[:40],
        "state": "open",
        "due_at": datetime.fromisoformat(due) if due else None,
        "opened_at": clock.now(),
    }
    row, is_new = numbered(
        Dispute,
        NUMBER_DIGITS,
        lambda number: Dispute.objects.select_for_update().get_or_create(
            brand=attempt.brand,
            provider=attempt.provider,
            reference=str(said["id"])[:64],
            defaults=given | {"id": ids.uuid7(), "number": number},
        ),
    )
    state = str(said["state"])
    news = (state in ENDED and row.state in UNDECIDED) or (
        row.state == "open" and state == "reviewed"
    )
    if news:
        row.state = state
        row.closed_at = clock.now() if state in ENDED else None
        row.save(update_fields=["state", "closed_at"])
    if is_new or news:
        telling.dispute(
            row, SYSTEM(row.brand), "dispute.opened" if is_new else f"dispute.{row.state}"
        )
    return row


def answer_dispute(row: Dispute, *, staff: StaffMember, text: str) -> Dispute:
    """Write our side of it down for the bank. Raises PermissionDenied, ValueError once it is
    over."""
    require(staff, row.brand, Permission.DISPUTE_ANSWER)
    with transaction.atomic():
        locked = Dispute.objects.select_for_update().get(id=row.id)
        if locked.state not in UNDECIDED:
            raise ValueError("the bank has decided")
        locked.text = shield.mask(text.strip()).text[:2000]
        locked.save(update_fields=["text"])
        telling.dispute(locked, _actor(staff, row.brand), "dispute.answered")
    return locked


def add_dispute_evidence(row: Dispute, *, staff: StaffMember, upload: UploadedFile) -> Evidence:
    """Keep a file for the bank. Raises PermissionDenied, files.rules.FileRefused, ValueError."""
    require(staff, row.brand, Permission.DISPUTE_ANSWER)
    if row.state not in UNDECIDED:
        raise ValueError("the bank has decided")
    actor = _actor(staff, row.brand)
    stored = files.store_upload(
        brand=row.brand, owner=f"dispute:{row.id}", actor=actor, upload=upload
    )
    with transaction.atomic():
        made = Evidence.objects.create(
            id=ids.uuid7(), brand=row.brand, dispute=row, file=stored, added_at=clock.now()
        )
        telling.dispute(row, actor, "dispute.evidence")
    return made


def evidence_of(row: Dispute) -> list[Evidence]:
    """What was gathered for the bank, oldest first."""
    return list(row.evidence.select_related("file").order_by("added_at"))


def _actor(staff: StaffMember, brand: str) -> Actor:
    return Actor(ActorKind.STAFF, staff.id, brand)
