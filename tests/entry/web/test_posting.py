"""Addresses that show a form's mistakes lead readers back to the form."""

import pytest
from django.test import Client

from tests.factories import ClientOf, CustomerFactory, StaffFactory

pytestmark = pytest.mark.usefixtures("committed_db")
DIFFERENCE = "0192aaaa-0000-7000-8000-000000000001"  # the same in every test process
DESK = "/desk/operations/"


@pytest.mark.parametrize("place", ["history", "statement"])
def test_the_records_form_is_found_again(
    client_of: ClientOf, customer_factory: CustomerFactory, place: str
) -> None:
    own = client_of(customer_factory().user)
    wrong = own.post(f"/topay/records/{place}/", {"since": "no day"})
    assert wrong.status_code == 422
    leads_to(own, f"/topay/records/{place}/?lang=en", "/topay/records/")
    assert "<h2>My files</h2>" in own.get("/topay/records/").content.decode()
    assert own.put(f"/topay/records/{place}/").status_code == 405


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (f"{DESK}reconciliation/upload", f"{DESK}reconciliation/"),
        (f"{DESK}reconciliation/differences/{DIFFERENCE}", f"{DESK}reconciliation/"),
    ],
)
def test_the_operators_form_is_found_again(
    client_of: ClientOf, staff_factory: StaffFactory, address: str, page: str
) -> None:
    leads_to(client_of(staff_factory(role="admin").user), address, page)


def leads_to(client: Client, address: str, page: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
