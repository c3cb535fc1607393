"""Reads of notices: what holds at a moment. Changes nothing."""

from datetime import datetime

from paydesk.status.models import Notice

# Every payment asks this: written out, it costs a third of what it does as a QuerySet.
_OPEN = """
SELECT * FROM status_notice
WHERE brand = %s AND starts_at <= %s AND (ends_at IS NULL OR ends_at > %s)
    AND (%s::text IS NULL OR components = '{}' OR %s::text = ANY(components))
ORDER BY starts_at, id
"""


def open_notices(brand: str, at: datetime, component: str | None = None) -> list[Notice]:
    """The notices of a brand that hold at `at`, oldest first.

    With a component only those about it, or about the whole service (no component named).
    """
    return list(Notice.objects.raw(_OPEN, [brand, at, at, component, component]))


def notice(brand: str, notice_id: str) -> Notice | None:
    """One notice of the brand, or None."""
    return Notice.objects.filter(brand=brand, id=notice_id).first()
