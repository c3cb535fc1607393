"""A bank statement that a person brings: whoever could write one could write money into wallets.

So what came in by it waits, the whole file with it, until a second person agreed to that very
content. What the job fetches from the bank itself needs nobody's word.
"""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.approvals.models import State as Decided
from paydesk.audit import actions as audit
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.payments.models import ProviderNotification
from paydesk.money.payments.providers.bank.entries import Entry
from paydesk.money.payments.providers.statements import Trouble
from paydesk.money.reconciliation.actions.take_in import READ
from paydesk.money.reconciliation.models import SettlementFile
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission

STATEMENT = "reconciliation.statement"
State = SettlementFile.State


def must_wait(file: SettlementFile, raw: bytes, entries: Sequence[Entry]) -> bool:
    """Whether nothing of a statement may be applied yet; asks for the second person if so."""
    kind, _, who = file.taken_by.partition(":")
    if kind != ActorKind.STAFF:
        return False
    credits = _news(file.brand, entries)
    digest = hashlib.sha256(raw).hexdigest()
    if not credits or _agreed(file, digest):
        return False
    _ask(file.id, StaffMember.objects.get(id=who), digest, credits)
    return True


def _news(brand: str, entries: Sequence[Entry]) -> list[Entry]:
    """What came in and was not applied before: only that could credit anybody."""
    came = [entry for entry in entries if entry.amount > 0]
    applied = ProviderNotification.objects.filter(
        brand=brand, provider="bank", verified=True, event_id__in=[one.number for one in came]
    )
    known = set(applied.values_list("event_id", flat=True))
    return [entry for entry in came if entry.number not in known]


def _agreed(file: SettlementFile, digest: str) -> bool:
    if file.approval_id is None:
        return False
    return Request.objects.filter(
        pk=file.approval_id,
        action=STATEMENT,
        state=Decided.APPROVED,
        decided_by__isnull=False,
        params__file=str(file.id),
        params__sha256=digest,
    ).exists()


@transaction.atomic
def _ask(file_id: UUID, staff: StaffMember, digest: str, credits: Sequence[Entry]) -> None:
    file = SettlementFile.objects.select_for_update().get(id=file_id)
    if file.state not in {State.WAITING, State.READING}:
        return
    sums: dict[str, int] = {}
    for one in credits:
        sums[one.currency] = sums.get(one.currency, 0) + one.amount
    asked = approvals.request(
        brand=file.brand,
        action=STATEMENT,
        subject=f"settlement:{file.id}",
        permission=Permission.RECONCILIATION_MANAGE,
        staff=staff,
        params={"file": str(file.id), "sha256": digest, "credits": len(credits), **sums},
    )
    file.state, file.approval_id = State.ASKED, asked.id
    file.save(update_fields=["state", "approval_id"])


def decided(*, request_id: str, brand: str) -> None:
    """What a second person said about a statement, in the transaction of the decision: it is read
    on by a job, or refused. Refused, the same file may be brought again."""
    asked = Request.objects.get(pk=request_id)
    if asked.action != STATEMENT:
        return
    file = SettlementFile.objects.select_for_update().get(id=str(asked.params["file"]))
    if file.state != State.ASKED or file.approval_id != asked.pk:
        return
    if asked.state == Decided.APPROVED:
        file.state = State.WAITING
        jobs.configure_task(READ, allow_unknown=False).defer(file_id=str(file.id))
    else:
        file.state, file.trouble = State.REFUSED, Trouble.NOT_AGREED
    file.save(update_fields=["state", "trouble"])
    by = asked.decided_by_id
    audit.record(
        brand=brand,
        actor=Actor(ActorKind.STAFF, by, brand) if by else SYSTEM(brand),
        action="reconciliation.statement_decided",
        subject=f"settlement:{file.id}",
        details={"decision": asked.state, "sha256": file.sha256},
    )
