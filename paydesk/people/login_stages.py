"""The second step of signing in: after the password, an app or a passkey where there is one.

allauth keeps the half-finished sign-in; nothing of the account can be reached before it is done.
"""

from typing import Any

from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from paydesk.people import queries
from paydesk.people.models import Realm, User

PAGE = "account_second_factor"


class SecondFactorStage(LoginStage):  # type: ignore[misc]  # allauth is untyped
    """Leads to the page that asks for the second factor, where there is one."""

    key = "second_factor"
    urlname = PAGE

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if not isinstance(user, User) or user.realm != Realm.CUSTOMER:
            return None, True
        if not queries.has_second_factor(user.id):
            return None, True
        return HttpResponseRedirect(reverse(PAGE)), True


def waiting(request: HttpRequest) -> Any:
    """The stage that this session waits in, if it waits for a second factor; else None."""
    return LoginStageController.enter(request, SecondFactorStage.key)
