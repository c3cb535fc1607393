"""Pages that stay behind: in caches, in the browser's own, over an open line."""

import pytest
from django.test import Client

from tests.factories import ClientOf, CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["", "activity/", "security/", "transfer/", "topup/", "help/", "support/", "site/"]
)
def test_no_page_of_a_customer_is_kept(
    customer_factory: CustomerFactory, client_of: ClientOf, path: str
) -> None:
    page = client_of(customer_factory().user).get(f"/topay/{path}")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert "private" in page["Cache-Control"]


def test_no_page_of_the_desk_is_kept(staff_factory: StaffFactory, client_of: ClientOf) -> None:
    client = client_of(staff_factory().user)
    for path in ("", "approvals/", "queue/"):
        assert "no-store" in client.get(f"/desk/{path}")["Cache-Control"]


def test_what_is_everybody_s_may_still_be_kept() -> None:
    page = Client().get("/topay/app.webmanifest")
    assert page["Cache-Control"] == "private, max-age=3600"
