"""Disputes: a payer's bank takes a charge back unless it is shown to be right (row 49).

What a provider tells comes as a job after its notification. The disputed money is held where it
went; when the bank decides, it goes back or is free again.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.files import actions as files
from paydesk.kit import clock, ids, shield
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.kit.events import actions as events
from paydesk.kit.sweeping import each
from paydesk.money.ledger import actions as ledger
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.payments import accounts
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.refunds.actions import taking_back
from paydesk.money.refunds.models import Dispute, Evidence
from paydesk.people import queries as people
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission, require

NUMBER_DIGITS = 12
OPEN = ("open", "reviewed")
ENDED = ("won", "lost")
_PREFIX = "dispute:"


def told(*, brand: str, attempt_id: str, payment_id: str, dispute: dict[str, Any]) -> Dispute:
    """Do what a provider tells about a dispute: open it, or end it. Harmless to repeat, in any
    order; runs outside any transaction."""
    attempt = Attempt.objects.get(id=attempt_id, brand=brand)
    row = _recorded(attempt, UUID(payment_id), dispute)
    if row.state in OPEN:
        _hold(row, attempt)
    else:
        _end(row, attempt)
    return row


@transaction.atomic
def _recorded(attempt: Attempt, payment_id: UUID, said: dict[str, Any]) -> Dispute:
    due = said.get("due_at") or None
    row, is_new = Dispute.objects.select_for_update().get_or_create(
        brand=attempt.brand,
        provider=attempt.provider,
        reference=str(said["id"])[:64],
        defaults={
            "id": ids.uuid7(),
            "number": ids.public_number(NUMBER_DIGITS),
            "payment_id": payment_id,
            "amount": int(said["amount"]),
            "currency": said["currency"],
            "reason": str(said.get("reason", ""))[:40],
            "state": "open",
            "due_at": datetime.fromisoformat(due) if due else None,
            "opened_at": clock.now(),
        },
    )
    state = str(said["state"])
    news = (state in ENDED and row.state in OPEN) or (row.state == "open" and state == "reviewed")
    if news:
        row.state = state
        row.closed_at = clock.now() if state in ENDED else None
        row.save(update_fields=["state", "closed_at"])
    if is_new or news:
        _tell(row, SYSTEM(row.brand), "dispute.opened" if is_new else f"dispute.{row.state}")
    return row


def _hold(row: Dispute, attempt: Attempt) -> Payment | None:
    """Reserve what the bank may take. Where there is too little it is owed, and shown as such."""
    source, target = _sides(row.payment, attempt)
    due = row.due_at.isoformat() if row.due_at else None
    taking_back.hold_back(
        row.payment,
        amount=row.amount,
        source=source,
        target=target,
        purpose=row.purpose,
        reason=Reason.DISPUTE_OPEN,
        facts={"dispute": row.number, "due_at": due},
        actor=SYSTEM(row.brand),
    )
    return Payment.objects.filter(purpose=row.purpose, state=PaymentState.PROCESSING).first()


def _end(row: Dispute, attempt: Attempt) -> None:
    if Payment.objects.filter(purpose=row.purpose, state=PaymentState.SUCCEEDED).exists():
        return  # it went back already
    held = Payment.objects.filter(purpose=row.purpose, state=PaymentState.PROCESSING).first()
    if held is None and row.state == "lost":
        held = _hold(row, attempt)  # lost was told first, or the money has come meanwhile
    actor, facts = SYSTEM(row.brand), {"outcome": row.state}
    if held:
        taking_back.end(held, give_back=row.state == "lost", actor=actor, facts=facts)
    elif row.state == "lost":
        # Whoever got the money has not got it any more: the bank took it from us all the same.
        _bear(row, attempt, actor)


def end_lost() -> int:
    """Take what is still held for disputes that were lost while the wallet was frozen; how many."""
    held = Payment.objects.filter(
        finished_at=None, state=PaymentState.PROCESSING, purpose__startswith=_PREFIX
    ).values_list("purpose", flat=True)
    lost = Dispute.objects.filter(
        id__in=[UUID(one.removeprefix(_PREFIX)) for one in held], state="lost"
    )
    return each(_end_held, list(lost.order_by("closed_at")))


def _end_held(row: Dispute) -> bool:
    held = Payment.objects.filter(purpose=row.purpose, state=PaymentState.PROCESSING).first()
    if held is None or (held.payer_id and people.blocks_of(held.payer_id).send):
        return False
    facts = {"outcome": row.state}
    outcome = taking_back.end(held, give_back=True, actor=SYSTEM(row.brand), facts=facts)
    return outcome.state is PaymentState.SUCCEEDED


def _bear(row: Dispute, attempt: Attempt, actor: Actor) -> None:
    losses = ledger.open_account(brand=row.brand, currency=row.currency, code=AccountCode.LOSSES)
    _, target = _sides(row.payment, attempt)
    taking_back.take(
        row.payment,
        amount=row.amount,
        source=losses,
        target=target,
        purpose=row.purpose,
        actor=actor,
    )


def _sides(payment: Payment, attempt: Attempt) -> tuple[UUID, UUID]:
    """Where the charge's money went, and the provider's clearing account that it goes back to."""
    sides = [side for side in (payment.payee, payment.merchant) if side]
    known = accounts.chart(payment.brand, *sides)
    clearing = known.clearing(payment.currency, attempt.provider)
    if payment.merchant:
        return known.merchant(payment.merchant, payment.currency), clearing
    assert payment.payee
    return known.wallet(payment.payee, payment.currency), clearing


def answer_dispute(row: Dispute, *, staff: StaffMember, text: str) -> Dispute:
    """Write our side of it down for the bank. Raises PermissionDenied, ValueError once it is
    over."""
    require(staff, row.brand, Permission.DISPUTE_ANSWER)
    with transaction.atomic():
        locked = Dispute.objects.select_for_update().get(id=row.id)
        if locked.state not in OPEN:
            raise ValueError("the bank has decided")
        locked.text = shield.mask(text.strip()).text[:2000]
        locked.save(update_fields=["text"])
        _tell(locked, _actor(staff, row.brand), "dispute.answered")
    return locked


def add_dispute_evidence(row: Dispute, *, staff: StaffMember, upload: UploadedFile) -> Evidence:
    """Keep a file for the bank. Raises PermissionDenied, files.rules.FileRefused, ValueError."""
    require(staff, row.brand, Permission.DISPUTE_ANSWER)
    if row.state not in OPEN:
        raise ValueError("the bank has decided")
    actor = _actor(staff, row.brand)
    stored = files.store_upload(
        brand=row.brand, owner=f"dispute:{row.id}", actor=actor, upload=upload
    )
    with transaction.atomic():
        made = Evidence.objects.create(
            id=ids.uuid7(), brand=row.brand, dispute=row, file=stored, added_at=clock.now()
        )
        _tell(row, actor, "dispute.evidence")
    return made


def evidence_of(row: Dispute) -> list[Evidence]:
    """What was gathered for the bank, oldest first."""
    return list(row.evidence.select_related("file").order_by("added_at"))


def _actor(staff: StaffMember, brand: str) -> Actor:
    return Actor(ActorKind.STAFF, staff.id, brand)


def _tell(row: Dispute, actor: Actor, action: str) -> None:
    events.publish(
        brand=row.brand,
        kind="dispute.changed",
        subject=f"dispute:{row.id}",
        audience=[f"desk:{row.brand}"],
        actor=actor,
        payload={"dispute": row.number, "state": row.state},
    )
    audit.record(
        brand=row.brand,
        actor=actor,
        action=action,
        subject=f"dispute:{row.id}",
        details={"payment": row.payment_id, "amount": row.amount, "reason": row.reason},
    )
