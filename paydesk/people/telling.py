"""Tells people what happened to their account, in their language. Decides nothing."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from paydesk.brands import profiles
from paydesk.brands.moments import written
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.notifications import actions as notifications
from paydesk.notifications.models import ToKind
from paydesk.people.models import Customer, User


def mail(
    user: User,
    template: str,
    *,
    actor: Actor,
    params: Mapping[str, object] | None = None,
    secrets: Mapping[str, str] | None = None,
    lang: str | None = None,
) -> None:
    """Queue one mail to the user's own address; `name` is always among the parameters."""
    notifications.send(
        brand=user.brand,
        to_kind=ToKind.MAIL,
        to_address=user.email,
        user=user.id,
        template=template,
        lang=lang or user.lang,
        params={"name": user.name, **(params or {})},
        secrets=secrets,
        actor=actor,
    )


def letter(
    user: User, template: str, *, params: Mapping[str, object], at: datetime
) -> notifications.Letter:
    """A mail to the user's own address, to be queued with others; `at`: when it is written."""
    return notifications.Letter(
        brand=user.brand,
        to_kind=ToKind.MAIL,
        to_address=user.email,
        user=user.id,
        template=template,
        lang=user.lang,
        params={"name": user.name, **params},
        at=at,
    )


def write(customer: Customer, template: str, params: Mapping[str, object]) -> None:
    """Queue one mail to a customer about what has just happened to their money: `name` and `at`
    (now) are among the parameters. Runs in the caller's transaction."""
    user = customer.user
    more = {"at": local_time(user, clock.now()), **params}
    mail(user, template, actor=SYSTEM(customer.brand), params=more)


def local_time(user: User, at: datetime) -> str:
    """A moment as written in a message: in the brand's zone, named, to the minute."""
    zone = profiles.get(user.brand).zone if user.brand else ZoneInfo(settings.TIME_ZONE)
    return written(at, zone, user.lang)
