"""Knows a browser again by a cookie of its own, and says what the session knows of its customer.

The cookie alone opens nothing: it only tells a device that was used before from a new one.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase

from paydesk.entry.web.realm import Realm, door_of
from paydesk.kit import clock
from paydesk.people import access, presence
from paydesk.people.actions import devices
from paydesk.people.models import User

LASTS = 400 * 24 * 3600  # as long as browsers keep any cookie
TOKEN_BYTES = 32
SEEN_KEY = "device_seen_at"
TOUCH_EVERY = timedelta(minutes=10)


class DeviceMiddleware:
    """Sets request.device_token, lends the request its presence, keeps the cookie of whoever is
    signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        door = door_of(request)
        if door.realm is not Realm.CUSTOMER or door.brand is None:
            return self.get_response(request)
        name = f"paydesk_device_{door.brand.code}"
        known = request.COOKIES.get(name, "")
        token = known or secrets.token_urlsafe(TOKEN_BYTES)
        request.device_token = token  # type: ignore[attr-defined]  # read through access
        with presence.of(lambda: access.presence_of(request)):
            response = self.get_response(request)
        if _is_signed_in(request):
            _touch(request, token)
            if not known:
                response.set_cookie(
                    name,
                    token,
                    max_age=LASTS,
                    path=door.cookie_path,
                    secure=settings.SESSION_COOKIE_SECURE,
                    httponly=True,
                    samesite="Lax",
                )
        return response


def _is_signed_in(request: HttpRequest) -> bool:
    session = request.session
    return bool(session.accessed and SESSION_KEY in session)


def _touch(request: HttpRequest, token: str) -> None:
    """Note now and then that the device is still in use."""
    now, seen = clock.now(), request.session.get(SEEN_KEY)
    if seen and now - datetime.fromisoformat(seen) < TOUCH_EVERY:
        return
    request.session[SEEN_KEY] = now.isoformat()
    if isinstance(request.user, User) and request.session.session_key:
        devices.touch(request.user, token=token, session_key=request.session.session_key)
