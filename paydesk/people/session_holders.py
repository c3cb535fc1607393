"""Who holds which sessions, many at once: for streams, whose access is checked again and again.

Answers what Django's own session and sign-in check would, with three queries however many
sessions are asked for. Opens, renews and ends no session.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from paydesk.kit import clock
from paydesk.people.models import Membership, User


@dataclass(frozen=True, slots=True)
class Holder:
    """What one session says. `user` is None where nobody is signed in (or no longer).

    `brands`: those in which a member of staff has a role. `data`: the session's own values.
    """

    user: User | None
    brands: tuple[str, ...]
    data: dict[str, Any]


def holders(session_keys: Collection[str]) -> dict[str, Holder]:
    """The holders of the sessions that exist and have not expired, by session key."""
    rows = Session.objects.filter(session_key__in=session_keys, expire_date__gt=clock.now())
    store = SessionStore()
    sessions = {row.session_key: store.decode(row.session_data) for row in rows}
    users = _users(
        {key: data[SESSION_KEY] for key, data in sessions.items() if SESSION_KEY in data}
    )
    brands = _brands(users.values())
    return {
        key: Holder(
            user=user if (user := users.get(key)) and _is_signed_in(user, data) else None,
            brands=brands.get(user.pk, ()) if user else (),
            data=data,
        )
        for key, data in sessions.items()
    }


def _users(ids: dict[str, str]) -> dict[str, User]:
    """By session key, with the customer or member of staff that each user is."""
    found = User.objects.select_related("customer", "staff_member").in_bulk(
        [UUID(user_id) for user_id in set(ids.values())]
    )
    return {key: found[UUID(user_id)] for key, user_id in ids.items() if UUID(user_id) in found}


def _brands(users: Collection[User]) -> dict[UUID, tuple[str, ...]]:
    """By user id."""
    staff = {user.staff_member.pk: user.pk for user in users if hasattr(user, "staff_member")}
    brands: dict[UUID, tuple[str, ...]] = {}
    if staff:
        roles = Membership.objects.filter(staff__in=staff).order_by("brand")
        for staff_id, brand in roles.values_list("staff_id", "brand"):
            brands[staff[staff_id]] = (*brands.get(staff[staff_id], ()), brand)
    return brands


def _is_signed_in(user: User, data: dict[str, Any]) -> bool:
    """As Django judges it: a backend still in use, and the password not changed since."""
    return (
        user.is_active
        and data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    )
