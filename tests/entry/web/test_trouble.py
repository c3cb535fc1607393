"""What went wrong has a page too: in the reader's language, with a way on, telling nothing more."""

import io
import logging

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tests.factories import ClientOf, CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("door", "lang", "words"),
    [
        ("topay", "zh-hans", "没有这个页面"),
        ("topay", "en", "There is no such page"),
        ("desk", "zh-hans", "没有这个页面"),
    ],
)
def test_an_unknown_address(client: Client, door: str, lang: str, words: str) -> None:
    response = client.get(f"/{door}/nothing/here/", {"lang": lang})
    text = response.content.decode()
    assert response.status_code == 404
    assert words in text
    assert f'href="/{door}/"' in text
    assert ('href="/topay/site/"' in text) == (door == "topay")


def test_an_unknown_address_of_nobody(client: Client) -> None:
    response = client.get("/nothing/")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


def test_a_page_that_was_open_too_long(
    client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    signed_in = client_of(customer_factory().user)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    response = strict.post("/topay/security/freeze/", {"sure": "on"})
    assert response.status_code == 403
    assert "这个页面已过期" in response.content.decode()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the server's terminal shows: the settings' own handler, writing elsewhere."""
    [console] = [one for one in logging.getLogger().handlers if one.name == "console"]
    assert isinstance(console, logging.StreamHandler)
    shown = io.StringIO()
    monkeypatch.setattr(console, "stream", shown)
    return shown


def test_a_refusal_is_one_line_in_the_terminal(
    terminal: io.StringIO, client_of: ClientOf, staff_factory: StaffFactory
) -> None:
    response = client_of(staff_factory().user).get("/desk/operations/reconciliation/")
    assert response.status_code == 403
    assert terminal.getvalue().splitlines() == [
        "Forbidden (Permission denied): /desk/operations/reconciliation/"
    ]


def test_our_own_fault_tells_the_terminal_where(
    terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(request: object) -> None:
        raise RuntimeError("here")

    monkeypatch.setattr("paydesk.entry.web.language.language_of", fail)
    Client(raise_request_exception=False).get("/topay/")
    assert terminal.getvalue().endswith("RuntimeError: here\n")


def test_our_own_fault_names_the_brand_and_a_way_on_without_a_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(request: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("paydesk.entry.web.language.language_of", fail)
    client = Client(raise_request_exception=False)
    for path, name, ways in (
        ("/topay/", "Topay", ("/topay/", "/topay/site/")),
        ("/desk/", "Paydesk", ("/desk/",)),
        ("/", "Paydesk", ("/",)),
    ):
        response = client.get(path)
        text = response.content.decode()
        assert response.status_code == 500
        assert name in text
        assert all(f'href="{way}"' in text for way in ways)
        assert ("/site/" in text) == (name != "Paydesk")


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_pages_of_the_last_resort_need_nothing(name: str) -> None:
    text = render_to_string(name)
    assert "paydesk/base.css" in text
    assert 'lang="en"' in text
