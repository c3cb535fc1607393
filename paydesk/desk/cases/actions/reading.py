"""What passes while people talk: read marks (stored), typing and presence (told, not stored)."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.desk.cases.actions import clockwork, timeline
from paydesk.desk.cases.actions.conversation import is_correspondent
from paydesk.desk.cases.actions.routing import acting
from paydesk.desk.cases.models import Case, Look, Presence
from paydesk.desk.cases.rules import LOOK_LASTS, CaseRefused
from paydesk.kit import clock
from paydesk.kit.actors import Actor, ActorKind
from paydesk.kit.events import actions as events
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission, may, require


@transaction.atomic
def mark_read(case: Case, reader: Actor, *, read: int = 0, delivered: int = 0) -> bool:
    """Move the reader's marks forward to a sequence; True if they moved.

    `delivered` is what reached the screen, `read` what was seen. Raises CaseRefused (`not_yours`).
    """
    _must_take_part(case, reader)
    case.last_sequence = Case.objects.values_list("last_sequence", flat=True).get(pk=case.pk)
    return clockwork.advance_mark(case, reader, read=read, delivered=delivered)


def typing(case: Case, actor: Actor, *, internal: bool = False) -> None:
    """Tell the other side that the actor is writing; of a note, only the desk hears.

    Raises CaseRefused (`not_yours`).
    """
    _must_take_part(case, actor)
    desk = [f"desk:{case.brand}"]
    audience = desk if internal else [*timeline.correspondents(case), *desk]
    _signal(case, "case.typing", audience, {"who": actor.kind.value, "id": str(actor.id)})


def present(case: Case, actor: Actor, *, name: str = "") -> None:
    """Tell that the actor has the case open: staff to colleagues, the customer to the desk.

    Raises CaseRefused (`not_yours`).
    """
    _must_take_part(case, actor)
    told = {"who": actor.kind.value, "id": str(actor.id), "name": name}
    _signal(case, "case.presence", [f"desk:{case.brand}"], told)


@transaction.atomic
def seen_at_desk(staff: StaffMember) -> None:
    """Note that the desk of `staff` is open now."""
    Presence.objects.bulk_create(
        [Presence(staff=staff, seen_at=clock.now())],
        update_conflicts=True,
        unique_fields=["staff"],
        update_fields=["seen_at"],
    )


def look(case: Case, staff: StaffMember) -> None:
    """Record that `staff` opened the customer's account through this case, once per opening.

    To be called before anything about the customer's money is shown. Raises PermissionDenied.
    """
    require(staff, case.brand, Permission.MONEY_VIEW)
    at = clock.now()
    lately = Look.objects.filter(case=case, staff=staff, at__gt=at - LOOK_LASTS)
    if case.customer_id is None or lately.exists():
        return
    with transaction.atomic():
        timeline.locked(case.pk)
        if lately.exists():  # another page of theirs was quicker
            return
        Look.objects.update_or_create(case=case, staff=staff, defaults={"at": at})
        audit.record(
            brand=case.brand,
            actor=acting(staff, case.brand),
            action="customer.viewed",
            subject=f"customer:{case.customer_id}",
            details={"case": case.pk},
        )


def _must_take_part(case: Case, actor: Actor) -> None:
    if actor.kind == ActorKind.STAFF:
        if actor.id is None or not may(actor.id, case.brand, Permission.CASE_VIEW):
            raise PermissionDenied(Permission.CASE_VIEW.value)
    elif actor.brand != case.brand or not is_correspondent(case, actor):
        raise CaseRefused("not_yours")


def _signal(case: Case, kind: str, audience: list[str], payload: dict[str, str]) -> None:
    events.signal(
        audience, kind, {"case": case.number, **payload}, brand=case.brand, subject=case.subject
    )
