"""The demo's front page: the brands, their doors, and whom one may sign in as."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.brands import profiles
from paydesk.brands.profile import Brand
from paydesk.entry.web import brandstyle
from paydesk.entry.web.demo import people
from paydesk.entry.web.demo.guard import demo_only
from paydesk.people import queries
from paydesk.people.models import Realm


@dataclass(frozen=True, slots=True)
class SignIn:
    """One account to try: what to type, and what it is good for."""

    name: str
    login: str
    part: str


@demo_only
def page(request: HttpRequest) -> HttpResponse:
    """All brands with their demo customers, the staff, and the mailbox."""
    language = get_language() or ""
    context: dict[str, Any] = {
        "cards": [_card(brand, language) for brand in profiles.all()],
        "staff": _staff(),
        "password": people.PASSWORD,
    }
    return render(request, "demo/front.html", context)


def _card(brand: Brand, language: str) -> dict[str, Any]:
    return {
        "code": brand.code,
        "name": brand.name(language),
        "slogan": brand.text("slogan", language),
        "style": brandstyle.digest(brand.code),
        "customers": [
            SignIn(person.name, person.email, _part(person.part))
            for person in people.CUSTOMERS
            if person.brand == brand.code and queries.find_customer(brand.code, person.email)
        ],
    }


def _staff() -> list[SignIn]:
    return [
        SignIn(person.name, person.email, _part(person.role))
        for person in people.STAFF
        if queries.find_user(Realm.STAFF, "", person.email)
    ]


def _part(code: str) -> str:
    return {
        "everyday": _("普通客户"),
        "frozen": _("账户被冻结"),
        "locked": _("登录已锁定"),
        "agent": _("客服"),
        "supervisor": _("主管，可以批准"),
        "admin": _("管理员"),
    }.get(code, code)
