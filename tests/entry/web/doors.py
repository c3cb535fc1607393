"""What the tests of account pages do at a brand's door: register, sign in, open mailed links."""

import re

from django.http import HttpResponse
from django.test import Client

from paydesk.notifications import actions
from paydesk.notifications.models import DemoMail, Message, State
from tests.factories import PASSWORD

CHEN = {
    "name": "陈晓雯",
    "email": "chen@example.com",
    "phone": "138 0013 8000",
    "password1": PASSWORD,
}


def at(brand: str, path: str) -> str:
    """The address of an account page; brand "desk" is the staff's door."""
    return f"/{brand}/accounts/{path}"


def register(client: Client, brand: str = "topay", **changed: str) -> HttpResponse:
    """Send the form of the register page."""
    return client.post(at(brand, "register/"), CHEN | changed)  # type: ignore[return-value]


def sign_in(
    client: Client, login: str, password: str = PASSWORD, *, brand: str = "topay", **more: str
) -> HttpResponse:
    """Send the form of the sign-in page."""
    form = {"login": login, "password": password, **more}
    return client.post(at(brand, "sign-in/"), form)  # type: ignore[return-value]


def signed_in_as(client: Client, brand: str = "topay") -> str | None:
    """The user id in the client's session at that door."""
    cookie = "paydesk_staff" if brand == "desk" else f"paydesk_customer_{brand}"
    response = client.get(at(brand, "sign-out/"))
    assert cookie is not None
    user = response.context["request"].user if response.context else None
    return str(user.id) if user and user.is_authenticated else None


def delivered() -> list[DemoMail]:
    """Deliver what is queued; all that has arrived so far, oldest first."""
    for message in Message.objects.filter(state=State.QUEUED).order_by("id"):
        actions.deliver([message.id])
    return list(DemoMail.objects.order_by("arrived_at", "id"))


def last_link(part: str) -> str:
    """The path of the newest mailed link whose path has `part`."""
    for kept in reversed(delivered()):
        found = re.search(r"https?://[^/\s]+(/\S*" + re.escape(part) + r"\S*)", kept.text)
        if found:
            return found[1]
    raise AssertionError(f"no mailed link with {part}")


def seen(response: HttpResponse) -> str:
    """A page as a reader sees it: without what differs for every visitor."""
    text = response.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    text = re.sub(r"hx-headers=\'[^\']*\'", "", text)
    return re.sub(r'value="[^"]*"', "", text)
