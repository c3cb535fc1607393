"""Filling the house: conversations, files and messages without end, by anybody."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.channels.models import Identity
from paydesk.entry.web.support import limits
from paydesk.files.models import StoredFile
from tests.factories import ClientOf, CustomerFactory

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def ask(client: Client, page: str = "/topay/site/") -> str:
    """Begin a conversation; its number, or "" when it was refused."""
    form = {"client_id": str(uuid.uuid4()), "topic": "other", "body": "你好"}
    answer = client.post(page, form)
    assert answer.status_code in (302, 422)
    return answer["Location"].rstrip("/").rpartition("/")[2] if answer.status_code == 302 else ""


def test_visitors_of_one_address_can_not_flood_the_queue() -> None:
    numbers = [ask(Client()) for _ in range(25)]
    assert all(numbers[:20])
    assert not any(numbers[20:])
    assert Case.objects.count() == Identity.objects.count() == 20


def test_one_visitor_can_not_either() -> None:
    client = Client()
    numbers = [ask(client) for _ in range(25)]
    assert sum(map(bool, numbers)) == 20


def test_a_customer_is_counted_by_himself(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    client = client_of(customer_factory().user)
    numbers = [ask(client, "/topay/support/new/") for _ in range(12)]
    assert sum(map(bool, numbers)) == 10
    assert ask(client_of(customer_factory().user), "/topay/support/new/")


def test_the_same_first_message_again_costs_nothing(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    client = client_of(customer_factory().user)
    form = {"client_id": str(uuid.uuid4()), "topic": "other", "body": "你好"}
    for _ in range(15):
        assert client.post("/topay/support/new/", form).status_code == 302
    assert ask(client, "/topay/support/new/")


def test_files_that_hang_on_nothing_can_not_fill_the_disk() -> None:
    client = Client()
    number = ask(client)
    codes = [
        client.post(
            f"/topay/support/{number}/files/", {"file": SimpleUploadedFile("a.png", PNG)}
        ).status_code
        for _ in range(23)
    ]
    assert codes == [201] * 20 + [429] * 3
    assert StoredFile.objects.count() == 20


def test_messages_have_a_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MESSAGES_A_MINUTE", 5)
    client = Client()
    number = ask(client)
    codes = [
        client.post(
            f"/topay/support/{number}/send/",
            {"client_id": str(uuid.uuid4()), "body": str(n)},
            headers={"X-Requested-With": "fetch"},
        ).status_code
        for n in range(6)
    ]
    assert codes == [200] * 4 + [429] * 2
    assert Entry.objects.filter(kind="message").count() == 5
