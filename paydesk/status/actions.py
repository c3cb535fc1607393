"""Open and close notices. Who may do so is decided by the caller, which knows the staff."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.kit.events import actions as events
from paydesk.status import rules
from paydesk.status.models import Notice, NoticeKind


@transaction.atomic
def open_notice(
    *,
    brand: str,
    kind: str,
    components: Iterable[str],
    title: Mapping[str, str],
    body: Mapping[str, str],
    actor: Actor,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Notice:
    """Publish a notice in both languages (`zh`, `en`), from now or from `starts_at` on.

    Raises NoticeRefused for an unknown component, a missing text or an end before the start,
    ValueError for an unknown kind.
    """
    now = clock.now()
    begins = starts_at or now
    parts = list(components)
    rules.check(parts, title, body, begins, ends_at)
    notice = Notice.objects.create(
        id=ids.uuid7(),
        brand=brand,
        kind=NoticeKind(kind),
        components=parts,
        starts_at=begins,
        ends_at=ends_at,
        title_zh=title["zh"],
        title_en=title["en"],
        body_zh=body["zh"],
        body_en=body["en"],
        created_at=now,
    )
    details = {"kind": notice.kind, "components": parts, "from": begins, "until": ends_at}
    _tell(notice, actor, "status.open_notice", details)
    return notice


@transaction.atomic
def close_notice(notice: Notice, *, actor: Actor) -> Notice:
    """End a notice now; one that has not begun never will. One that is over stays as it was."""
    locked = Notice.objects.select_for_update().get(id=notice.id, brand=notice.brand)
    now = clock.now()
    if locked.ends_at is not None and locked.ends_at <= now:
        return locked
    locked.ends_at = max(now, locked.starts_at)
    locked.save(update_fields=["ends_at"])
    _tell(locked, actor, "status.close_notice", {"until": locked.ends_at})
    return locked


def _tell(notice: Notice, actor: Actor, action: str, details: Mapping[str, object]) -> None:
    subject = f"notice:{notice.id}"
    audit.record(
        brand=notice.brand, actor=actor, action=action, subject=subject, details=dict(details)
    )
    events.publish(
        brand=notice.brand,
        kind="notice.changed",
        subject=subject,
        audience=[f"desk:{notice.brand}"],
        actor=actor,
        payload={"notice": str(notice.id)},
    )
