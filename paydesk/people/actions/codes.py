"""Codes by mail and SMS: sent, tried a few times, used once. Only their digests are kept."""

import secrets
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.notifications import actions as notifications
from paydesk.notifications.models import ToKind
from paydesk.people.models import CodePurpose, OneTimeCode, User

LASTS = timedelta(minutes=10)
PAUSE = timedelta(seconds=60)
MOST_TRIES = 5
MOST_A_DAY = 10
DIGITS = 6
TEMPLATES = {CodePurpose.STEP_UP: "people/step_up_code", CodePurpose.PHONE: "people/phone_code"}


class CodeFault(StrEnum):
    """Why a code was not taken, or not sent."""

    WRONG = "wrong"
    LAPSED = "lapsed"
    TOO_MANY = "too_many"
    TOO_SOON = "too_soon"


class CodeRefused(Exception):
    """A code that was not taken or sent; `fault` says why."""

    def __init__(self, fault: CodeFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@transaction.atomic
def send_code(user: User, purpose: CodePurpose, *, to_kind: str, to_address: str) -> OneTimeCode:
    """Send a fresh code; earlier ones of this purpose are good no longer. Raises CodeRefused."""
    User.objects.select_for_update(no_key=True).get(id=user.id)
    now = clock.now()
    sent = OneTimeCode.objects.filter(user=user, purpose=purpose)
    latest = sent.order_by("-sent_at").first()
    if latest and now - latest.sent_at < PAUSE:
        raise CodeRefused(CodeFault.TOO_SOON)
    if sent.filter(sent_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise CodeRefused(CodeFault.TOO_MANY)
    code = str(secrets.randbelow(10**DIGITS)).zfill(DIGITS)
    made = OneTimeCode(
        id=ids.uuid7(),
        user=user,
        brand=user.brand,
        purpose=purpose,
        to_address=to_address,
        sent_at=now,
        expires_at=now + LASTS,
    )
    made.digest = _digest(made, code)
    made.save(force_insert=True)
    notifications.send(
        brand=user.brand,
        to_kind=to_kind,
        to_address=to_address,
        user=user.id,
        template=TEMPLATES[purpose],
        lang=user.lang,
        params={"name": user.name, "minutes": int(LASTS.total_seconds() // 60)},
        secrets={"code": code},
        actor=SYSTEM(user.brand),
    )
    return made


def take_code(user: User, purpose: CodePurpose, typed: str) -> OneTimeCode:
    """Use the newest code. A wrong try stays counted. Raises CodeRefused."""
    fault, code = _take(user, purpose, "".join(c for c in typed if c.isascii() and c.isdigit()))
    if fault or code is None:
        raise CodeRefused(fault or CodeFault.LAPSED)
    return code


@transaction.atomic
def _take(
    user: User, purpose: CodePurpose, typed: str
) -> tuple[CodeFault | None, OneTimeCode | None]:
    latest = (
        OneTimeCode.objects.select_for_update()
        .filter(user=user, purpose=purpose)
        .order_by("-sent_at")
        .first()
    )
    now = clock.now()
    if latest is None or latest.used_at or now >= latest.expires_at:
        return CodeFault.LAPSED, None
    if latest.tries >= MOST_TRIES:
        return CodeFault.TOO_MANY, None
    latest.tries += 1
    right = constant_time_compare(latest.digest, _digest(latest, typed))
    latest.used_at = now if right else None
    latest.save(update_fields=["tries", "used_at"])
    return (None, latest) if right else (CodeFault.WRONG, None)


def _digest(code: OneTimeCode, typed: str) -> str:
    return salted_hmac(f"paydesk.people.code.{code.id}", typed, algorithm="sha256").hexdigest()


def sms_or_mail(user: User) -> tuple[str, str]:
    """Where a code reaches this user: the proved phone, else the mail address."""
    if user.phone and user.phone_proved_at:
        return ToKind.SMS, user.phone
    return ToKind.MAIL, user.email
