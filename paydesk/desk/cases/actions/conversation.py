"""Opening a case and talking in it. Every text is shielded before anything else happens to it.

Sending is idempotent: the same client id in the same case answers the entry that it made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.desk.cases.actions import clockwork, timeline
from paydesk.desk.cases.actions.findings import snapshot
from paydesk.desk.cases.models import Attachment, Case, Entry, new_number
from paydesk.desk.cases.rules import (
    MAX_BODY,
    MAX_FILES,
    CaseRefused,
    EntryKind,
    State,
    Topic,
    after_message,
    priority_of,
)
from paydesk.desk.channels.models import Identity
from paydesk.files.models import StoredFile
from paydesk.kit import shield
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.payments.models import Payment
from paydesk.people.models import Customer, StaffMember
from paydesk.people.permissions import Permission, require


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as it comes in: not yet shielded, not yet stored."""

    client_id: UUID
    body: str
    internal: bool = False
    file_ids: Sequence[UUID] = ()


@transaction.atomic
def open_case(
    *,
    brand: str,
    channel: str,
    actor: Actor,
    topic: Topic,
    customer: Customer | None = None,
    identity: Identity | None = None,
    lang: str = "zh-hans",
    payment: Payment | None = None,
) -> Case:
    """Open a case for a customer or an identity, with the payment it is about and its finding.

    A customer's live case about the same payment is answered instead of a second one. Outside
    service hours the time of the answer is promised. Raises CaseRefused (`other_brand`,
    `not_your_payment`, `channel_not_offered`).
    """
    _check_parties(brand, customer, identity, payment)
    if payment and customer:
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)  # two taps, one case
        if live := _live_case_about(customer, payment):
            return live
    case = Case.objects.create(
        number=_free_number(),
        brand=brand,
        channel=channel,
        customer=customer,
        identity=identity,
        payment_id=payment.pk if payment else None,
        topic=topic,
        priority=priority_of(topic),
        lang=lang,
    )
    if payment:
        timeline.append(case, EntryKind.FACT, actor, data=snapshot(payment))
    clockwork.start_waiting(case)
    case.save()
    _record_opening(case, actor)
    return case


def _record_opening(case: Case, actor: Actor) -> None:
    audit.record(
        brand=case.brand,
        actor=actor,
        action="case.opened",
        subject=case.subject,
        details={"topic": case.topic, "channel": case.channel, "payment": case.payment_id},
    )
    timeline.changed(case, actor)


def _free_number() -> str:
    """A public number that no case has; the constraint catches what comes at the same moment."""
    number = new_number()
    while Case.objects.filter(number=number).exists():
        number = new_number()
    return number


def _check_parties(
    brand: str, customer: Customer | None, identity: Identity | None, payment: Payment | None
) -> None:
    for party in (customer, identity, payment):
        if party is not None and party.brand != brand:
            raise CaseRefused("other_brand")
    if payment is not None:
        theirs = {payment.payer_id, payment.payee_id}
        if customer is None or customer.pk not in theirs:
            raise CaseRefused("not_your_payment")


def _live_case_about(customer: Customer, payment: Payment) -> Case | None:
    live = Case.objects.filter(customer=customer, payment_id=payment.pk)
    return live.exclude(state__in=(State.SOLVED, State.CLOSED)).order_by("-opened_at").first()


def post_message(
    case: Case,
    *,
    author: Actor,
    client_id: UUID,
    body: str,
    internal: bool = False,
    file_ids: Sequence[UUID] = (),
) -> Entry:
    """Add a message (or, from staff, an internal note) and move the case on.

    The body is masked before it is stored; if something was masked, a system line warns its
    sender. The same `client_id` again answers the first entry. Raises CaseRefused: `empty`,
    `too_long`, `too_many_files`, `file_unknown`, `client_id_taken`, `not_yours`, `closed`;
    PermissionDenied for staff who may not write here.
    """
    draft = Draft(client_id, body, internal, tuple(file_ids))
    _check_author(case, author, draft)
    masked = shield.mask(_checked(draft))
    return _post(case, author, draft, masked)


@transaction.atomic
def _post(case: Case, author: Actor, draft: Draft, masked: shield.Masked) -> Entry:
    case, internal = timeline.locked(case.pk), draft.internal
    if replayed := _replay(case, author, draft):
        return replayed
    if case.state == State.CLOSED:
        raise CaseRefused("closed")
    entry = timeline.append(
        case,
        EntryKind.NOTE if internal else EntryKind.MESSAGE,
        author,
        body=masked.text,
        client_id=draft.client_id,
    )
    _attach(case, entry, author, draft.file_ids)
    if masked.kinds:
        kinds = sorted({str(kind) for kind in masked.kinds})
        timeline.say(case, "masked", {"kinds": kinds, "by": author.kind.value}, internal=internal)
    if not internal:
        _move_on(case, author)
    _mark(case, author, entry.sequence)
    audit.record(
        brand=case.brand,
        actor=author,
        action="case.note" if internal else "case.message",
        subject=case.subject,
        details={"entry": str(entry.pk), "sequence": entry.sequence, "masked": bool(masked.kinds)},
    )
    return entry


def _check_author(case: Case, author: Actor, draft: Draft) -> None:
    if author.brand != case.brand:
        raise CaseRefused("other_brand")
    if author.kind == ActorKind.STAFF and author.id is not None:
        staff = StaffMember.objects.get(pk=author.id)
        wanted = Permission.CASE_NOTE if draft.internal else Permission.CASE_REPLY
        require(staff, case.brand, wanted)
    elif draft.internal or not is_correspondent(case, author):
        raise CaseRefused("not_yours")


def is_correspondent(case: Case, actor: Actor) -> bool:
    """Whether the actor is the customer or the identity whose case this is."""
    if actor.kind == ActorKind.CUSTOMER:
        return actor.id is not None and actor.id == case.customer_id
    if actor.kind == ActorKind.VISITOR:
        return actor.id is not None and actor.id == case.identity_id
    return False


def _replay(case: Case, author: Actor, draft: Draft) -> Entry | None:
    entry = Entry.objects.filter(case=case, client_id=draft.client_id).first()
    if entry is None:
        return None
    if (entry.author_kind, entry.author_id) != (author.kind, author.id):
        raise CaseRefused("client_id_taken")
    if entry.internal != draft.internal:
        raise CaseRefused("client_id_taken")
    return entry


def _checked(draft: Draft) -> str:
    body = draft.body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not body and not draft.file_ids:
        raise CaseRefused("empty")
    if len(body) > MAX_BODY:
        raise CaseRefused("too_long")
    if len(draft.file_ids) > MAX_FILES:
        raise CaseRefused("too_many_files")
    return body


def _attach(case: Case, entry: Entry, author: Actor, file_ids: Sequence[UUID]) -> None:
    """Only files that this author uploaded in this brand, each on one entry."""
    if not file_ids:
        return
    wanted = list(dict.fromkeys(file_ids))
    own = StoredFile.objects.filter(pk__in=wanted, brand=case.brand, uploaded_by=str(author))
    used = Attachment.objects.filter(file_id__in=wanted)
    if own.count() != len(wanted) or used.exists():
        raise CaseRefused("file_unknown")
    Attachment.objects.bulk_create(
        Attachment(entry=entry, file_id=file_id, position=position)
        for position, file_id in enumerate(wanted)
    )


def _move_on(case: Case, author: Actor) -> None:
    """Whose turn it is after a public message; `case` is locked."""
    from_customer = author.kind != ActorKind.STAFF
    was = (case.state, case.assignee_id)
    reopened = from_customer and case.state == State.SOLVED
    case.state = after_message(State(case.state), from_customer=from_customer)
    if reopened:
        clockwork.reopen(case)
    if from_customer:
        clockwork.start_waiting(case)
    elif author.id is not None:
        clockwork.answered(case, author.id)
    case.save()
    if was != (case.state, case.assignee_id):
        timeline.changed(case, author)


def _mark(case: Case, reader: Actor, sequence: int) -> None:
    """Who writes has read what stands above."""
    if reader.id is not None:
        clockwork.advance_mark(case, reader, read=sequence, delivered=sequence)
