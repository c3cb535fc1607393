"""Reads of notices: what holds at a moment. Changes nothing."""

from datetime import datetime

from django.db.models import Q

from paydesk.status.models import Notice


def open_notices(brand: str, at: datetime, component: str | None = None) -> list[Notice]:
    """The notices of a brand that hold at `at`, oldest first.

    With a component only those about it, or about the whole service (no component named).
    """
    found = Notice.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    found = found.filter(brand=brand, starts_at__lte=at)
    if component is not None:
        found = found.filter(Q(components__contains=[component]) | Q(components=[]))
    return list(found.order_by("starts_at", "id"))


def notice(brand: str, notice_id: str) -> Notice | None:
    """One notice of the brand, or None."""
    return Notice.objects.filter(brand=brand, id=notice_id).first()
