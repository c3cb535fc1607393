"""live.js in a real browser: tabs that share a stream, through crashes and sign-out."""

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from paydesk.kit.actors import SYSTEM
from paydesk.kit.events import actions, queries
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory
from tests.harness.live import LiveApp

LISTEN = """async (after) => {
  const { connect } = await import("/static/paydesk/live/live.js");
  window.seen = []; window.states = []; window.resets = 0;
  window.live = connect({ url: "/topay/live", after });
  live.on("case.message", (event) => seen.push(event.subject));
  live.onReset(() => (resets += 1));
  live.onState((state) => states.push(state));
}"""

LISTEN_TOO = """async (after) => {
  const { connect } = await import("/static/paydesk/live/live.js");
  window.seenToo = [];
  connect({ url: "/topay/live", after }).on("case.message", ({ subject }) => seenToo.push(subject));
}"""


class Person:
    """A signed-in customer with a browser: opens tabs that listen, and is told things."""

    def __init__(
        self, app: LiveApp, context: BrowserContext, customer: Customer, client: Client
    ) -> None:
        self.app, self.context, self.customer = app, context, customer
        ((_, morsel),) = client.cookies.items()
        self.session = morsel.value
        self.become(client)
        self.streams: list[str] = []
        context.on("request", self._note)
        self.told: list[str] = []

    def become(self, client: Client) -> None:
        """Let the browser have this client's session instead."""
        ((name, morsel),) = client.cookies.items()
        url = f"{self.app.url}/topay/"
        self.context.add_cookies([{"name": name, "value": morsel.value, "url": url}])

    def _note(self, request: Any) -> None:
        if request.url.endswith("/topay/live"):
            self.streams.append(request.url)

    def tab(self, after: str | None = None) -> Page:
        page = self.context.new_page()
        page.goto(f"{self.app.url}/healthz")
        page.evaluate(LISTEN, str(queries.position()) if after is None else after)
        wait(page, "live.state === 'online'")
        return page

    def tell(self, *subjects: str) -> None:
        for subject in subjects:
            with transaction.atomic():
                actions.publish(
                    brand="topay",
                    kind="case.message",
                    subject=subject,
                    audience=[f"customer:{self.customer.pk}"],
                    actor=SYSTEM("topay"),
                    payload={},
                )
            self.told.append(subject)


@pytest.fixture
def person(
    live_app: LiveApp,
    context: BrowserContext,
    customer_factory: CustomerFactory,
    client_of: ClientOf,
) -> Person:
    customer = customer_factory()
    return Person(live_app, context, customer, client_of(customer.user))


def wait(page: Page, holds: str, seconds: float = 20) -> None:
    """Wait until an expression holds. (Playwright's own way needs eval, which our pages forbid.)"""
    until = time.monotonic() + seconds
    while not page.evaluate(holds):
        assert time.monotonic() < until, (holds, page.evaluate("[seen, states, resets]"))
        page.wait_for_timeout(30)


def has_seen(page: Page, subjects: list[str], seconds: float = 20) -> None:
    """Exactly these, in this order, once each; and nothing more a moment later."""
    wait(page, f"seen.length >= {len(subjects)}", seconds)
    page.wait_for_timeout(150)
    assert page.evaluate("seen") == subjects


def test_tabs_share_one_stream_and_each_sees_everything_once(person: Person) -> None:
    tabs = [person.tab() for _ in range(3)]
    for tab in tabs[:2]:  # two modules of one page may both listen
        tab.evaluate(LISTEN_TOO, str(queries.position()))
    person.tell("case:1", "case:2")
    for tab in tabs:
        has_seen(tab, ["case:1", "case:2"])
    assert [tab.evaluate("seenToo") for tab in tabs[:2]] == [["case:1", "case:2"]] * 2
    assert len(person.streams) == 1
    assert [tab.evaluate("live.leads") for tab in tabs] == [True, False, False]


def test_crashes_of_the_server_lose_nothing_and_double_nothing(person: Person) -> None:
    tabs = [person.tab(), person.tab()]
    for crash in (True, False, True):
        person.tell(f"before {crash} {len(person.told)}")
        person.app.stop_web(crash=crash)
        person.tell(f"while it is down {len(person.told)}", f"and again {len(person.told)}")
        wait(tabs[0], "live.state !== 'online'")
        person.app.start()
        person.tell(f"after {len(person.told)}")
        for tab in tabs:
            has_seen(tab, person.told)
            wait(tab, "live.state === 'online'")


def test_a_line_that_breaks_again_and_again_loses_nothing(person: Person) -> None:
    tab = person.tab()
    session = person.context.new_cdp_session(tab)
    session.send("Network.enable")
    for number in range(4):
        offline = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        person.tell(f"case:{number}/1")
        session.send("Network.emulateNetworkConditions", offline)
        person.tell(f"case:{number}/2")
        tab.wait_for_timeout(100)
        session.send("Network.emulateNetworkConditions", offline | {"offline": False})
        person.tell(f"case:{number}/3")
    has_seen(tab, person.told)
    assert tab.evaluate("resets") == 0


def test_another_tab_takes_over_where_the_leader_stopped(person: Person) -> None:
    first, second, third = (person.tab() for _ in range(3))
    person.tell("case:1")
    has_seen(second, ["case:1"])
    first.close()
    person.tell("case:2")
    has_seen(second, ["case:1", "case:2"])
    second.reload()
    person.tell("case:3")
    has_seen(third, ["case:1", "case:2", "case:3"])
    assert third.evaluate("live.leads")


def test_a_tab_that_comes_later_gets_what_its_page_did_not_know(person: Person) -> None:
    first = person.tab()
    rendered = str(queries.position())
    person.tell("case:1", "case:2")
    has_seen(first, ["case:1", "case:2"])
    late = person.tab(after=rendered)
    has_seen(late, ["case:1", "case:2"])
    person.tell("case:3")
    has_seen(late, ["case:1", "case:2", "case:3"])
    assert len(person.streams) == 1


def test_a_tab_that_the_leader_cannot_help_loads_its_state_again(person: Person) -> None:
    before = str(queries.position())
    person.tell("case:0")
    person.tab()
    late = person.tab(after=before)
    wait(late, "resets === 1")
    person.tell("case:1")
    has_seen(late, ["case:1"])


def test_it_says_how_the_line_stands(person: Person) -> None:
    tab = person.tab()
    person.app.stop_web()
    wait(tab, "live.state === 'offline'", 15)
    person.app.start()
    wait(tab, "live.state === 'online'", 30)
    states = tab.evaluate("states")
    assert states[0] == "connecting"
    assert [state for state in states if state != "connecting"] == ["online", "offline", "online"]


def test_who_is_signed_out_hears_nothing_more(person: Person) -> None:
    tabs = [person.tab(), person.tab()]
    Session.objects.all().delete()
    actions.signal(
        [f"customer:{person.customer.pk}"], "session.changed", {}, brand=person.customer.brand
    )
    for tab in tabs:
        wait(tab, "live.state === 'ended'")
    person.tell("case:1")
    tabs[0].wait_for_timeout(300)
    assert [tab.evaluate("seen") for tab in tabs] == [[], []]


def test_tabs_start_over_when_somebody_else_signs_in(
    person: Person, customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    tabs = [person.tab(), person.tab()]
    person.become(client_of(customer_factory().user))
    Session.objects.filter(session_key=person.session).delete()
    actions.signal(
        [f"customer:{person.customer.pk}"], "session.changed", {}, brand=person.customer.brand
    )
    for tab in tabs:
        wait(tab, "resets === 1")


def test_without_web_locks_each_tab_has_its_own_stream(person: Person) -> None:
    person.context.add_init_script("Object.defineProperty(navigator, 'locks', {value: undefined})")
    tabs = [person.tab(), person.tab()]
    person.tell("case:1", "case:2")
    for tab in tabs:
        has_seen(tab, ["case:1", "case:2"])
    assert len(person.streams) == 2
