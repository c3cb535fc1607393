"""Reads of notices: what holds at a moment, and what comes next. Changes nothing."""

from datetime import datetime

from django.db.models import Q

from paydesk.status.models import Notice, NoticeKind


def open_notices(brand: str, at: datetime, component: str | None = None) -> list[Notice]:
    """The notices of a brand that hold at `at`, oldest first.

    With a component only those about it, or about the whole service (no component named).
    """
    found = Notice.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    found = found.filter(brand=brand, starts_at__lte=at)
    if component is not None:
        found = found.filter(Q(components__contains=[component]) | Q(components=[]))
    return list(found.order_by("starts_at", "id"))


def upcoming_notices(brand: str, at: datetime, until: datetime) -> list[Notice]:
    """Notices that begin after `at` and not after `until`, the next one first."""
    found = Notice.objects.filter(brand=brand, starts_at__gt=at, starts_at__lte=until)
    return list(found.order_by("starts_at", "id"))


def past_notices(brand: str, at: datetime, limit: int = 50) -> list[Notice]:
    """Incidents and maintenance that are over, the latest first."""
    kinds = (NoticeKind.INCIDENT, NoticeKind.MAINTENANCE)
    found = Notice.objects.filter(brand=brand, kind__in=kinds, ends_at__lte=at)
    return list(found.order_by("-ends_at", "-id")[:limit])


def notice(brand: str, notice_id: str) -> Notice | None:
    """One notice of the brand, or None."""
    return Notice.objects.filter(brand=brand, id=notice_id).first()
