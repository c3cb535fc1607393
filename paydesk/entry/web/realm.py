"""Finds out at whose door a request knocks: a brand's customers, the staff, or neither.

By host name in production, by the first part of the path in the demo (/topay/…, /desk/…). The
rest of the program sees a script prefix and never thinks about it again. Decides no permission.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import set_script_prefix

from paydesk.brands import profiles
from paydesk.brands.profile import Brand

STAFF_SEGMENT = "desk"


class Realm(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    ROOT = "root"


URLCONFS = {
    Realm.CUSTOMER: "paydesk.entry.web.urls.customer",
    Realm.STAFF: "paydesk.entry.web.urls.staff",
    Realm.ROOT: "paydesk.entry.web.urls.root",
}


@dataclass(frozen=True, slots=True)
class Door:
    """Where a request came in: the realm, the brand (customers only) and the path prefix."""

    realm: Realm
    brand: Brand | None
    prefix: str  # "" by host name, "/topay" or "/desk" by path

    @property
    def cookie(self) -> str:
        """Name of the session cookie: one per realm and brand, so that none is good for another."""
        return f"paydesk_{self.realm}_{self.brand.code}" if self.brand else f"paydesk_{self.realm}"

    @property
    def cookie_path(self) -> str:
        return f"{self.prefix}/"


def find_door(host: str, path: str) -> Door:
    """The door of a host (port ignored) and an absolute path."""
    name = host.rsplit(":", 1)[0].lower() if not host.startswith("[") else host
    brand = profiles.for_host(host)
    if brand:
        return Door(Realm.CUSTOMER, brand, "")
    if name in settings.STAFF_HOSTS:
        return Door(Realm.STAFF, None, "")
    segment = path.lstrip("/").partition("/")[0]
    if segment == STAFF_SEGMENT:
        return Door(Realm.STAFF, None, f"/{segment}")
    by_code = {brand.code: brand for brand in profiles.all()}
    if segment in by_code:
        return Door(Realm.CUSTOMER, by_code[segment], f"/{segment}")
    return Door(Realm.ROOT, None, "")


class RealmRequest(HttpRequest):
    """A request that has come through its door."""

    door: Door
    realm: Realm
    brand: Brand | None
    urlconf: str


def door_of(request: HttpRequest) -> Door:
    """The door that a request came through."""
    return cast(RealmRequest, request).door


class RealmMiddleware:
    """Sets request.door, .realm, .brand, the script prefix and the URL configuration."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: RealmRequest) -> HttpResponseBase:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            # Nobody types it, and no text column takes it.
            return HttpResponseBadRequest(content_type="text/plain")
        try:
            door = find_door(request.get_host(), request.path_info)
        except DisallowedHost:
            # Here, where there is no session yet: the page for errors could not be made.
            return HttpResponseBadRequest(content_type="text/plain")
        request.door, request.realm, request.brand = door, door.realm, door.brand
        request.urlconf = URLCONFS[door.realm]
        if door.prefix:
            if request.path_info == door.prefix:
                return redirect(f"{door.prefix}/")
            request.path_info = request.path_info[len(door.prefix) :]
            request.META["SCRIPT_NAME"] = door.prefix
        # Always: a thread may still hold the prefix of the request that it served before.
        set_script_prefix(f"{door.prefix}/")
        return self.get_response(request)
