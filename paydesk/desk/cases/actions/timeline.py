"""How a timeline grows: one entry at a time, numbered under the case's row lock, told to readers.

For this package's actions only; each of them holds the transaction. Internal entries are told
to the brand's desk and to nobody else.
"""

from typing import Any
from uuid import UUID

from django.db.models import Q

from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.cases.rules import EntryKind, State
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.kit.events import actions as events


def locked(case_id: UUID) -> Case:
    """The case, with its row locked until the transaction ends. Raises Case.DoesNotExist.

    The lock lets foreign keys to the case be checked, but no second writer through.
    """
    return Case.objects.select_for_update(no_key=True).get(pk=case_id)


def locked_with_others(case_id: UUID, customer: UUID | None) -> tuple[Case, list[Case]]:
    """The case, and the customer's other cases that are not closed, all locked in the order of
    their ids. Raises Case.DoesNotExist."""
    wanted = Q(pk=case_id)
    if customer:
        wanted |= Q(customer_id=customer) & ~Q(state=State.CLOSED)
    rows = {
        one.pk: one
        for one in Case.objects.select_for_update(no_key=True).filter(wanted).order_by("pk")
    }
    if case_id not in rows:
        raise Case.DoesNotExist(case_id)
    return rows.pop(case_id), list(rows.values())


def has_unanswered(case: Case) -> bool:
    """Whether the last that was said aloud came from the customer's side."""
    said = case.entries.filter(kind=EntryKind.MESSAGE, internal=False)
    last = said.order_by("-sequence").values_list("author_kind", flat=True).first()
    return last not in (None, ActorKind.STAFF)


def correspondents(case: Case) -> list[str]:
    """The audiences of the customer's side."""
    audience = []
    if case.customer_id:
        audience.append(f"customer:{case.customer_id}")
    if case.identity_id:
        audience.append(f"visitor:{case.identity_id}")
    return audience


def append(
    case: Case,
    kind: EntryKind,
    author: Actor,
    *,
    body: str = "",
    data: dict[str, Any] | None = None,
    internal: bool = False,
    client_id: UUID | None = None,
) -> Entry:
    """Add the next entry to a case that the caller has locked. `body` is shielded already."""
    case.last_sequence += 1
    case.changed_at = clock.now()
    entry = Entry.objects.create(
        case=case,
        brand=case.brand,
        sequence=case.last_sequence,
        kind=kind,
        internal=internal or kind == EntryKind.NOTE,
        client_id=client_id,
        author_kind=author.kind,
        author_id=author.id,
        body=body,
        data=data or {},
        at=case.changed_at,
    )
    case.save(update_fields=["last_sequence", "changed_at"])
    desk = f"desk:{case.brand}"
    events.publish(
        brand=case.brand,
        kind="case.message",
        subject=case.subject,
        audience=[desk] if entry.internal else [*correspondents(case), desk],
        actor=author,
        payload={"case": case.number, "sequence": entry.sequence, "entry": kind.value},
    )
    return entry


def say(
    case: Case, code: str, params: dict[str, Any] | None = None, *, internal: bool = False
) -> Entry:
    """Add a system line: a code and its parameters, put into words for each reader."""
    data = {"code": code, "params": params or {}}
    return append(case, EntryKind.SYSTEM, SYSTEM(case.brand), data=data, internal=internal)


def tell(
    case: Case, actor: Actor, code: str, params: dict[str, Any] | None = None, *, public: bool
) -> Entry:
    """Add a line that says what somebody did from the case."""
    data = {"code": code, "params": params or {}}
    return append(case, EntryKind.ACTION, actor, data=data, internal=not public)


def changed(case: Case, actor: Actor) -> None:
    """Tell the desk and the customer's side that the case's state or assignee is another."""
    events.publish(
        brand=case.brand,
        kind="case.changed",
        subject=case.subject,
        audience=[*correspondents(case), f"desk:{case.brand}"],
        actor=actor,
        payload={"case": case.number},
    )
