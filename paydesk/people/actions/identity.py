"""Documents that prove who a customer is: sent in, looked at by a person, decided with a reason.

A yes raises the identity level, and with it the limits; a restriction for an unfinished check is
lifted by it. Pictures are files like any other: looked into before they are stored.
"""

from collections.abc import Mapping

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import translation

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.files import actions as files
from paydesk.files import rules as file_rules
from paydesk.files.models import StoredFile
from paydesk.kit import clock, ids, reactions
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people import permissions, telling, texts
from paydesk.people.actions.customers import set_identity_level
from paydesk.people.actions.restrictions import lift_restriction
from paydesk.people.models import (
    CheckState,
    Customer,
    IdentityCheck,
    IdentityDocument,
    RestrictionKind,
    StaffMember,
)
from paydesk.people.permissions import Permission

DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "id_card": ("front", "back", "face"),
    "passport": ("front", "face"),
    "residence": ("front", "back", "face"),
}
"""Which pictures each kind of document needs."""
REFUSALS = ("unreadable", "expired", "name_differs", "face_differs", "wrong_document", "altered")
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf"})


class IdentityNotPossible(ValueError):
    """The check can't be sent in or decided; the argument is a code (pending, highest, missing,
    decided, reason, kind)."""


def submit_identity(
    customer: Customer,
    *,
    document: str,
    uploads: Mapping[str, UploadedFile],
    unfreeze: bool = False,
) -> IdentityCheck:
    """Send documents in for the next level (or to have a freeze lifted).

    Raises IdentityNotPossible, files.rules.FileRefused. What was stored before a refusal stays
    with the customer's files and hangs on no check.
    """
    sides = DOCUMENTS.get(document)
    if sides is None or set(uploads) != set(sides):
        raise IdentityNotPossible("missing")
    highest = len(profiles.get(customer.brand).identity_levels) - 1
    if customer.identity_level >= highest and not unfreeze:
        raise IdentityNotPossible("highest")
    if IdentityCheck.objects.filter(customer=customer, state=CheckState.SUBMITTED).exists():
        raise IdentityNotPossible("pending")
    actor = Actor(ActorKind.CUSTOMER, customer.id, customer.brand)
    stored = {side: _store(customer, actor, uploads[side]) for side in sides}
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(id=customer.id)
        if IdentityCheck.objects.filter(customer=customer, state=CheckState.SUBMITTED).exists():
            raise IdentityNotPossible("pending")
        made = IdentityCheck.objects.create(
            brand=customer.brand,
            customer=customer,
            level=min(customer.identity_level + 1, highest),
            document=document,
            unfreeze=unfreeze,
            submitted_at=clock.now(),
        )
        IdentityDocument.objects.bulk_create(
            IdentityDocument(
                id=ids.uuid7(), identity_check=made, brand=customer.brand, file=file, side=side
            )
            for side, file in stored.items()
        )
        _record(made, actor, "identity.submitted")
    return made


def _store(customer: Customer, actor: Actor, upload: UploadedFile) -> StoredFile:
    upload.seek(0)
    kind = file_rules.kind_of(
        upload.name or "", upload.size or 0, upload.read(file_rules.HEAD_BYTES)
    )
    if kind.mime not in PICTURES:
        raise file_rules.FileRefused("kind_not_allowed")
    return files.store_upload(
        brand=customer.brand, owner=f"customer:{customer.id}", actor=actor, upload=upload
    )


def decide_identity(
    asked: IdentityCheck, *, staff: StaffMember, approve: bool, reason: str = ""
) -> IdentityCheck:
    """Decide as staff. Fires `identity.decided`. Raises PermissionDenied, IdentityNotPossible."""
    permissions.require(staff, asked.brand, Permission.IDENTITY_REVIEW)
    if not approve and reason not in REFUSALS:
        raise IdentityNotPossible("reason")
    with transaction.atomic():
        check = IdentityCheck.objects.select_for_update().get(id=asked.id)
        if check.state != CheckState.SUBMITTED:
            raise IdentityNotPossible("decided")
        check.state = CheckState.APPROVED if approve else CheckState.REFUSED
        check.decided_by, check.decided_at = staff, clock.now()
        check.reason = "" if approve else reason
        check.save(update_fields=["state", "decided_by", "decided_at", "reason"])
        actor = Actor(ActorKind.STAFF, staff.id, check.brand)
        _record(check, actor, f"identity.{check.state}")
        if approve:
            _raise_level(check, actor)
        _tell(check, actor)
        reactions.fire("identity.decided", check_id=str(check.id), brand=check.brand)
    return check


def _tell(check: IdentityCheck, actor: Actor) -> None:
    user = check.customer.user
    if check.state == CheckState.APPROVED:
        telling.mail(user, "people/identity_approved", actor=actor)
        return
    with translation.override(user.lang):
        why = texts.identity_refusal(check.reason)
    telling.mail(user, "people/identity_refused", actor=actor, params={"why": why})


def _raise_level(check: IdentityCheck, actor: Actor) -> None:
    customer = check.customer
    if check.level > customer.identity_level:
        set_identity_level(customer, level=check.level, actor=actor)
    lift_restriction(customer, kind=RestrictionKind.IDENTITY, actor=actor)


def _record(check: IdentityCheck, actor: Actor, action: str) -> None:
    details = {"check": str(check.id), "level": check.level}
    if check.reason:
        details["reason"] = check.reason
    audit.record(
        brand=check.brand,
        actor=actor,
        action=action,
        subject=f"customer:{check.customer_id}",
        details=details,
    )
