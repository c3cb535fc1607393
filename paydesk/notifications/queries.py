"""Reads the demo's mailbox. Changes nothing."""

from collections.abc import Sequence
from uuid import UUID

from paydesk.notifications.models import DemoMail

MAILBOX_PAGE = 100


def mailbox(brand: str | None = None, search: str = "") -> Sequence[DemoMail]:
    """The demo's latest messages, newest first; `brand` "" means mail to staff, None all."""
    found = DemoMail.objects.order_by("-arrived_at", "-id")
    if brand is not None:
        found = found.filter(brand=brand)
    if search:
        found = found.filter(to_address__icontains=search)
    return list(found[:MAILBOX_PAGE])


def demo_mail(mail_id: UUID) -> DemoMail | None:
    """One message of the demo's mailbox."""
    return DemoMail.objects.filter(id=mail_id).first()
