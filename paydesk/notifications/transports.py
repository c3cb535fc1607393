"""How a message leaves: one protocol; SMTP, an SMS gateway, and the demo's mailbox.

A transport gets the finished text. It keeps no copy, except the demo's, whose purpose that is.
"""

from smtplib import SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.notifications import texts
from paydesk.notifications.delivery import DeliveryProblem as DeliveryProblem
from paydesk.notifications.delivery import Outgoing as Outgoing
from paydesk.notifications.models import ToKind
from paydesk.notifications.sms import HttpSmsTransport

# One statement: a second delivery of the same message is the same mail.
_ARRIVED = """
INSERT INTO notifications_demomail
    (id, message_id, brand, to_kind, to_address, subject, text, html, arrived_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (message_id) DO UPDATE
SET brand = excluded.brand, to_kind = excluded.to_kind, to_address = excluded.to_address,
    subject = excluded.subject, text = excluded.text, html = excluded.html
"""


class Transport(Protocol):
    """Hands one message over, or raises DeliveryProblem."""

    def send(self, message: Outgoing) -> None: ...


class SmtpTransport:
    """Mail by Django's configured e-mail backend (PAYDESK_SMTP_*)."""

    def send(self, message: Outgoing) -> None:
        mail = EmailMultiAlternatives(
            subject=message.subject,
            body=message.text,
            from_email=_from(message),
            to=[message.to_address],
            # The same id again if a try was lost after the server took it.
            headers={"Message-ID": f"<{message.id}@{settings.MAIL_DOMAIN}>"},
        )
        mail.attach_alternative(message.html, "text/html")
        try:
            mail.send()
        except (SMTPRecipientsRefused, SMTPSenderRefused) as error:
            raise DeliveryProblem("refused", permanent=True) from error
        except (SMTPException, OSError) as error:
            raise DeliveryProblem("unreachable") from error


class NoSmsTransport:
    """Where no SMS provider is set up: says so instead of losing the message silently."""

    def send(self, message: Outgoing) -> None:
        raise DeliveryProblem("no_sms_provider", permanent=True)


class DemoTransport:
    """Delivers mail and SMS into the demo's mailbox page."""

    def send(self, message: Outgoing) -> None:
        values = (
            ids.uuid7(),
            message.id,
            message.brand,
            message.to_kind,
            message.to_address,
            message.subject,
            message.text,
            message.html,
            clock.now(),
        )
        with connection.cursor() as cursor:
            cursor.execute(_ARRIVED, values)


def transport_for(to_kind: str) -> Transport:
    """The transport of this installation for mail or SMS."""
    if settings.DEMO:
        return DemoTransport()
    if to_kind == ToKind.MAIL:
        return SmtpTransport()
    return HttpSmsTransport() if settings.SMS_URL else NoSmsTransport()


def _from(message: Outgoing) -> str:
    if not message.brand:
        return settings.DEFAULT_FROM_EMAIL
    name = texts.sender_name(message.brand, message.lang)
    return f"{name} <{profiles.get(message.brand).contacts.email}>"
