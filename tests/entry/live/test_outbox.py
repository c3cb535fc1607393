"""outbox.js in a real browser, against the real chat: unacknowledged messages are never lost."""

import time
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import BrowserContext, Page, Route

from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.cases.rules import EntryKind, Topic
from paydesk.kit.actors import Actor, ActorKind
from tests.factories import ClientOf, CustomerFactory
from tests.harness.live import LiveApp

SECRET = "c" * 32

OPEN = """async ([url, token]) => {
  const { openOutbox, forgetAll } = await import("/static/paydesk/live/outbox.js");
  window.forgetAll = forgetAll;
  window.changes = [];
  window.outbox = openOutbox({
    name: "case:1", url,
    headers: () => ({ "X-CSRFToken": token, "X-Requested-With": "fetch" }),
    onChange: ({ id, state, reason, status, fields }) =>
      changes.push({ id, state, reason, status, body: fields.body }),
  });
}"""


class Chat:
    """A signed-in customer's conversation and the tabs in which he writes."""

    def __init__(self, app: LiveApp, context: BrowserContext, case: Case) -> None:
        self.app, self.context, self.case = app, context, case

    def tab(self) -> Page:
        page = self.context.new_page()
        page.goto(f"{self.app.url}/healthz")
        self.open(page)
        return page

    def open(self, page: Page) -> None:
        page.evaluate(OPEN, [f"/topay/support/{self.case.number}/send/", SECRET])

    def stored(self) -> list[str]:
        said = Entry.objects.filter(case=self.case, kind=EntryKind.MESSAGE)
        return list(said.order_by("sequence").values_list("body", flat=True))


@pytest.fixture
def chat(
    live_app: LiveApp,
    context: BrowserContext,
    customer_factory: CustomerFactory,
    client_of: ClientOf,
) -> Chat:
    customer = customer_factory()
    case = cases.open_case(
        brand="topay",
        channel="chat",
        actor=Actor(ActorKind.CUSTOMER, customer.pk, "topay"),
        topic=Topic.OTHER,
        customer=customer,
    )
    ((name, morsel),) = client_of(customer.user).cookies.items()
    session = import_module(settings.SESSION_ENGINE).SessionStore(morsel.value)
    session["_csrftoken"] = SECRET
    session.save()
    context.add_cookies([{"name": name, "value": morsel.value, "url": f"{live_app.url}/topay/"}])
    return Chat(live_app, context, case)


def wait(page: Page, holds: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not page.evaluate(holds):
        assert time.monotonic() < until, (holds, page.evaluate("changes"))
        page.wait_for_timeout(30)


def write(page: Page, *bodies: str) -> None:
    for body in bodies:
        page.evaluate("body => void outbox.send({ body })", body)


def states(page: Page, body: str) -> list[str]:
    found: list[str] = page.evaluate(
        "body => changes.filter((one) => one.body === body).map((one) => one.state)", body
    )
    return found


def test_messages_go_out_in_order_and_are_forgotten_when_acknowledged(chat: Chat) -> None:
    page = chat.tab()
    write(page, "1", "2", "3")
    wait(page, "changes.filter((one) => one.state === 'sent').length === 3")
    assert chat.stored() == ["1", "2", "3"]
    assert page.evaluate("outbox.messages()") == []
    assert page.evaluate("Object.keys(localStorage)") == []
    assert states(page, "2") == ["sending", "sent"]


def test_what_was_written_without_a_server_survives_a_reload(chat: Chat) -> None:
    page = chat.tab()
    chat.app.stop_web(crash=True)
    write(page, "1", "2")
    page.wait_for_timeout(300)
    assert page.evaluate("outbox.messages().map((one) => one.fields.body)") == ["1", "2"]
    chat.app.start()
    page.reload()
    chat.open(page)
    write(page, "3")
    wait(page, "outbox.messages().length === 0")
    assert chat.stored() == ["1", "2", "3"]


def test_a_lost_answer_leads_to_no_second_message(chat: Chat) -> None:
    lost: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        answer = route.fetch()
        if lost:
            route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            route.abort()

    chat.context.route("**/send/", lose_the_first_answer)
    page = chat.tab()
    write(page, "1", "2")
    wait(page, "outbox.messages().length === 0")
    assert lost == [200], "the server had taken it"
    assert chat.stored() == ["1", "2"]


def test_a_refused_message_waits_and_holds_nobody_up(chat: Chat) -> None:
    page = chat.tab()
    write(page, " ", "2")
    wait(page, "outbox.messages().length === 1 && changes.at(-1).state === 'sent'")
    assert states(page, " ") == ["sending", "failed"]
    failed = page.evaluate("outbox.messages()[0]")
    assert (failed["reason"], failed["status"]) == ("refused", 400)
    assert chat.stored() == ["2"]
    page.evaluate("id => outbox.discard(id)", failed["id"])
    assert page.evaluate("outbox.messages()") == []


def test_who_is_signed_out_keeps_his_words(chat: Chat) -> None:
    page = chat.tab()
    kept, cookies = list(Session.objects.all()), chat.context.cookies()
    Session.objects.all().delete()
    write(page, "1")
    wait(page, "changes.at(-1).state === 'failed'")
    Session.objects.bulk_create(kept)  # signs in again
    chat.context.add_cookies(cookies)  # type: ignore[arg-type]
    message = page.evaluate("outbox.messages()[0]")
    assert message["reason"] == "signed_out"
    page.evaluate("id => outbox.retry(id)", message["id"])
    wait(page, "outbox.messages().length === 0")
    assert chat.stored() == ["1"]


def test_two_tabs_share_one_outbox(chat: Chat) -> None:
    first, second = chat.tab(), chat.tab()
    chat.app.stop_web()
    write(first, "1")
    write(second, "2")
    write(first, "3")
    wait(second, "outbox.messages().length === 3")
    chat.app.start()
    for tab in (first, second):
        wait(tab, "outbox.messages().length === 0")
    assert chat.stored() == ["1", "2", "3"]
    assert states(second, "2")[-1] == "sent"


def test_a_tab_that_closes_leaves_its_messages_to_the_other(chat: Chat) -> None:
    first, second = chat.tab(), chat.tab()
    chat.app.stop_web()
    write(first, "1", "2")
    wait(second, "outbox.messages().length === 2")
    first.close()
    chat.app.start()
    wait(second, "outbox.messages().length === 0")
    assert chat.stored() == ["1", "2"]


def test_sign_out_leaves_nothing_behind(chat: Chat) -> None:
    page = chat.tab()
    chat.app.stop_web()
    write(page, "1")
    page.evaluate("forgetAll()")
    assert page.evaluate("[outbox.messages(), Object.keys(localStorage)]") == [[], []]
    chat.app.start()
    page.wait_for_timeout(1500)
    assert chat.stored() == []
