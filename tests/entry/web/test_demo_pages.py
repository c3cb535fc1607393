"""The demo's front page and mailbox: useful in the demo, absent anywhere else."""

import re
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from paydesk.brands import profiles
from paydesk.entry.web.demo import people
from paydesk.kit.actors import SYSTEM
from paydesk.notifications import actions
from paydesk.notifications.models import DemoMail
from paydesk.people.actions import create_staff, register_customer
from tests.entry.web.doors import delivered, register
from tests.factories import password_hash

pytestmark = pytest.mark.django_db


def send(brand: str, kind: str = "mail") -> DemoMail:
    with transaction.atomic():
        message = actions.send(
            brand=brand, to_kind=kind, to_address=f"chen@{brand or 'desk'}.example", user=None,
            template="people/no_account", lang="zh-hans", params={}, actor=SYSTEM(brand),
        )  # fmt: skip
    actions.deliver([message.id])
    return DemoMail.objects.get(message=message)


# Not made anew for each process: tests are named after it.
NOWHERE = "01890000-0000-7000-8000-000000000000"


@pytest.mark.parametrize("path", ["/", "/mailbox/", "/mailbox/list/", f"/mailbox/{NOWHERE}/"])
def test_nothing_of_it_exists_outside_the_demo(
    client: Client, settings: Settings, path: str
) -> None:
    settings.DEMO = False
    assert client.get(path).status_code == 404


def test_the_front_page_leads_everywhere(client: Client) -> None:
    page = client.get("/").content.decode()
    for brand in profiles.all():
        assert f'href="/{brand.code}/"' in page
        assert brand.name("zh") in page
    assert 'href="/desk/"' in page
    assert 'href="/mailbox/"' in page


def test_only_accounts_that_exist_are_offered(client: Client) -> None:
    assert people.CUSTOMERS[0].email not in client.get("/").content.decode()
    for person in people.CUSTOMERS:
        register_customer(
            brand=person.brand, name=person.name, email=person.email, phone=person.phone,
            password_hash=password_hash(), verified=True,
        )  # fmt: skip
    for staff in people.STAFF:
        create_staff(
            name=staff.name, email=staff.email, actor=SYSTEM("topay"),
            password_hash=password_hash(),
        )  # fmt: skip
    page = client.get("/").content.decode()
    for someone in (*people.CUSTOMERS, *people.STAFF):
        assert f'data-copy="{someone.email}"' in page


def test_the_demos_password_passes_the_forms(client: Client) -> None:
    assert register(client, password1=people.PASSWORD).status_code == 302


def test_the_mailbox_filters_and_finds(client: Client) -> None:
    for brand in ("topay", "gopay", ""):
        send(brand)

    def shown(query: str) -> set[str]:
        page = client.get(f"/mailbox/{query}").content.decode()
        return set(re.findall(r"chen@(\w+)\.example", page.partition('id="mails"')[2]))

    assert shown("") == {"topay", "gopay", "desk"}
    assert shown("?brand=gopay") == {"gopay"}
    assert shown("?brand=staff") == {"desk"}
    assert shown("?q=topay") == {"topay"}
    assert shown("?brand=gopay&q=topay") == set()
    assert "还没有邮件" in client.get("/mailbox/?q=nobody").content.decode()


def test_polling_answers_only_when_something_came(client: Client) -> None:
    send("topay")
    page = client.get("/mailbox/?brand=topay").content.decode()
    poll = re.search(r'hx-get="([^"]+)"', page)
    assert poll is not None
    address = poll[1].replace("&amp;", "&")
    assert client.get(address).status_code == 204
    send("gopay")
    assert client.get(address).status_code == 204  # another brand's
    newest = send("topay")
    fresh = client.get(address)
    assert fresh.status_code == 200
    assert str(newest.id) in fresh.content.decode()


def test_a_message_opens_with_its_link_and_the_way_back(client: Client) -> None:
    register(Client())
    kept = delivered()[0]
    page = client.get(f"/mailbox/{kept.id}/?brand=topay&q=chen").content.decode()
    assert re.search(r'class="[^"]*demo-link" href="http://testserver/topay/accounts/verify/', page)
    assert 'href="/mailbox/?brand=topay&amp;q=chen"' in page
    assert client.get(f"/mailbox/{uuid4()}/").status_code == 404


def test_what_a_message_says_is_shown_as_text(client: Client) -> None:
    kept = send("topay")
    DemoMail.objects.filter(id=kept.id).update(text="<script>x</script>\n\njavascript:alert(1)")
    page = client.get(f"/mailbox/{kept.id}/").content.decode()
    assert "&lt;script&gt;x" in page
    assert 'href="javascript' not in page
