"""`paydesk staff add`: the first administrator can come in, and nobody by halves."""

import os
import subprocess
import sys

import pytest
from django.test import Client

from paydesk.people import queries
from paydesk.people.models import Realm, StaffMember
from paydesk.people.permissions import Permission, may
from tests.entry.web.doors import last_link, sign_in, signed_in_as
from tests.harness.cluster import ROOT, TestCluster

pytestmark = pytest.mark.slow

PASSWORD = "correct horse 8 battery"


@pytest.fixture
def url(committed_db: None, test_cluster: TestCluster) -> str:
    return test_cluster.server.app.url


def add(url: str, *words: str, said: str = f"{PASSWORD}\n") -> "subprocess.CompletedProcess[str]":
    given = ["--name", "孙悦", "--email", "Sun@Paydesk.example", "--role", "admin", *words]
    variables = {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PAYDESK_DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "-m", "paydesk", "staff", "add", *given],
        cwd=ROOT,
        env={**os.environ, **variables},
        input=said,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_first_administrator_comes_in(url: str) -> None:
    done = add(url)
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    staff = StaffMember.objects.get()
    assert queries.brands_of(staff.pk) == ["dingpay", "gopay", "topay", "tpwallet"]
    assert may(staff, "gopay", Permission.STAFF_MANAGE)
    client = Client()
    sign_in(client, "sun@paydesk.example", PASSWORD, brand="desk")
    assert signed_in_as(client, "desk") == str(staff.user_id)
    again = add(url)
    assert again.returncode == 1
    assert "already" in again.stderr
    assert StaffMember.objects.count() == 1


def test_without_a_password_they_choose_one_by_mail(url: str) -> None:
    assert add(url, "--no-password", "--brand", "topay", said="").returncode == 0
    user = queries.find_user(Realm.STAFF, "", "sun@paydesk.example")
    assert user is not None
    assert not user.has_usable_password()
    client = Client()
    client.post("/desk/accounts/password/forgotten/", {"email": "sun@paydesk.example"})
    page = client.get(last_link("password/new/"), follow=True)
    new = client.post(page.request["PATH_INFO"], {"password1": "quite another 9 words"})
    assert new.status_code == 302
    fresh = Client()
    sign_in(fresh, "sun@paydesk.example", "quite another 9 words", brand="desk")
    assert signed_in_as(fresh, "desk") == str(user.id)


@pytest.mark.parametrize(
    ("words", "said", "why"),
    [
        ([], "12345678\n", "weak password"),
        ([], "\n", "weak password"),
        (["--brand", "nopay"], f"{PASSWORD}\n", "no brand nopay"),
        (["--email", "nobody"], f"{PASSWORD}\n", "email"),
        (["--name", " "], f"{PASSWORD}\n", "name"),
    ],
)
def test_what_can_not_be_changes_nothing(url: str, words: list[str], said: str, why: str) -> None:
    done = add(url, *words, said=said)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert why in done.stderr
    assert not StaffMember.objects.exists()
