"""Saved cards: typed on the provider's page only, kept as tokens, charged, removed."""

import logging
import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from paydesk.money.methods import access, actions, queries, rules
from paydesk.money.methods.models import SavedMethod, Saving
from paydesk.money.payments import actions as payments
from paydesk.money.payments.models import Payment, SimulatedCard, SimulatedOrder
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import PaymentState
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory
from tests.money.payments.helpers import available, customer_actor, key

pytestmark = pytest.mark.usefixtures("committed_db")

GOOD = "4242 4242 4242 4242"


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    """Test cards are offered."""
    settings.SIMULATED_PROVIDER = True


def save_card(client: Client, number: str = GOOD, expires: str = "12/29") -> str:
    """Walk through the pages as a customer does; the path one comes back to."""
    page = client.post("/topay/methods/add")
    assert page.status_code == 302
    path = urlsplit(page.url).path
    typed = client.post(path, {"number": number, "expires": expires, "cvc": "123"})
    assert typed.status_code == 302, typed.content
    back = urlsplit(typed.url).path
    assert client.get(back).status_code == 302
    return back


def saved(customer: Customer) -> SavedMethod:
    [method] = queries.methods_of(customer)
    return method


def charge(customer: Customer, method: SavedMethod, amount: int = 5_000) -> Outcome:
    return payments.topup(
        customer=customer,
        means=queries.means_of(method),
        amount=amount,
        currency="CNY",
        actor=customer_actor(customer),
        key=key(),
    )


def test_a_card_is_saved_listed_and_charged(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    back = save_card(client)
    assert client.get(back).status_code == 302  # coming back twice keeps one
    method = saved(customer)
    assert (method.last4, method.expires, method.scheme) == ("4242", "12/29", "visa")
    assert method.is_default
    page = client.get("/topay/methods/").content.decode()
    assert "4242" in page
    assert f"method:{method.id}" in client.get("/topay/topup/").content.decode()
    sent = client.post(
        "/topay/topup/",
        {"amount": "50", "currency": "CNY", "instrument": f"method:{method.id}", "key": key()},
    )
    assert sent.status_code == 302
    assert available(customer) == 5_000
    assert Payment.objects.get().method["provider"] == "simulated"


def test_no_card_number_reaches_storage_or_log(
    customer_factory: CustomerFactory, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    customer = customer_factory()
    client = client_of(customer.user)
    path = urlsplit(client.post("/topay/methods/add").url).path
    wrong = client.post(path, {"number": "4242424242424241", "expires": "12/29", "cvc": "987"})
    assert wrong.status_code == 422
    assert "4242424242424241" not in wrong.content.decode()
    assert "987" not in wrong.content.decode()
    save_card(client, "4000 0027 6000 3184")
    stored = everything_stored()
    for secret in ("4242424242424241", "4000002760003184", "4000 0027 6000 3184", "400000276000"):
        assert secret not in stored
        assert secret not in caplog.text


def everything_stored() -> str:
    """Every row of every table, as text."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row[0] for row in cursor.fetchall()]
    assert any("simulated" in row for row in rows)
    return "\n".join(rows)


def test_only_the_provider_has_fields_for_a_card() -> None:
    names = {
        field.name
        for model in apps.get_models()
        if model is not SimulatedCard
        for field in model._meta.get_fields()
    }
    assert not names & {"number_plain", "card_number", "pan", "cvc", "cvv"}


def test_the_first_is_the_default_until_another_is(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    save_card(client)
    save_card(client, "5555 5555 5555 4444", "03/30")
    first, second = queries.methods_of(customer)
    assert (first.last4, second.last4) == ("4242", "4444")
    assert client.post(f"/topay/methods/{second.id}/default").status_code == 302
    assert [m.last4 for m in queries.methods_of(customer)] == ["4444", "4242"]


def test_a_removed_card_is_charged_no_more(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    save_card(client)
    method = saved(customer)
    client.post(f"/topay/methods/{method.id}/remove")
    assert queries.methods_of(customer) == []
    with pytest.raises(access.NotYours):
        access.method_of(customer, method.id)
    # Nor would the provider take it, should anybody still name the token.
    assert charge(customer, method).state is PaymentState.FAILED
    assert not SimulatedOrder.objects.exclude(taken=0).exists()


def test_nobody_uses_another_ones_card(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    owner, thief = customer_factory(), customer_factory()
    save_card(client_of(owner.user))
    method = saved(owner)
    client = client_of(thief.user)
    for value in (f"method:{method.id}", method.token, "method:nonsense"):
        page = client.post(
            "/topay/topup/",
            {"amount": "50", "currency": "CNY", "instrument": value, "key": key()},
        )
        assert page.status_code == 422
    assert client.post(f"/topay/methods/{method.id}/remove").status_code == 404
    saving = Saving.objects.get()
    assert client.get(f"/topay/methods/added/{saving.id}").status_code == 404
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "1234"),
        ("number", "4242424242424241"),
        ("number", "４２４２４２４２４２４２４２４２"),
        ("expires", "13/29"),
        ("expires", "soon"),
        ("cvc", "12"),
    ],
)
def test_what_is_no_card_is_said_at_the_field(
    customer_factory: CustomerFactory, client_of: ClientOf, field: str, value: str
) -> None:
    client = client_of(customer_factory().user)
    path = urlsplit(client.post("/topay/methods/add").url).path
    typed = {"number": GOOD, "expires": "12/29", "cvc": "123"} | {field: value}
    page = client.post(path, typed)
    assert page.status_code == 422
    assert page.context is not None
    assert set(page.context["form"].errors) == {field}
    shown = page.content.decode()
    assert shown.count('aria-invalid="true"') == 1
    assert re.search(rf'<input[^>]*name="{field}"[^>]*aria-invalid="true"', shown)
    for said in page.context["form"].errors[field]:
        assert said in shown
    assert SimulatedCard.objects.get().token == ""


def test_coming_back_without_a_card_keeps_none(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    client.post("/topay/methods/add")
    saving = Saving.objects.get()
    assert client.get(f"/topay/methods/added/{saving.id}").status_code == 302
    assert queries.methods_of(customer) == []


def test_an_expired_card_is_not_offered_and_fails(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    save_card(client, expires="01/20")
    method = saved(customer)
    assert f"method:{method.id}" not in client.get("/topay/topup/").content.decode()
    outcome = charge(customer, method)
    assert outcome.reason == "card_expired"


def test_too_many(customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = customer_factory()
    monkeypatch.setattr(rules, "MOST", 0)
    with pytest.raises(actions.TooMany):
        actions.begin(customer=customer, return_url="http://x/")


def test_months() -> None:
    assert rules.expired("02/26", date(2026, 3, 1))
    assert not rules.expired("03/26", date(2026, 3, 31))
    assert not rules.expired("", date(2026, 3, 1))
    assert rules.expires_soon("04/26", date(2026, 3, 1))
    assert not rules.expires_soon("05/26", date(2026, 3, 1))


def test_verification_on_the_providers_page(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    values = {"amount": "50", "currency": "CNY", "instrument": "sim_card_3155", "key": key()}
    client.post("/topay/topup/", values)
    payment = Payment.objects.get()
    assert payment.state == PaymentState.REQUIRES_ACTION
    go_on = client.get(f"/topay/methods/pay/{payment.number}")
    attempt: UUID = payment.attempts.get().id
    path = urlsplit(go_on.url).path
    assert path == f"/simulated/orders/{attempt}"
    assert client.get(path).status_code == 200
    back = client.post(path, {"passed": "yes"})
    assert urlsplit(back.url).path == f"/topay/methods/back/{payment.number}"
    client.get(urlsplit(back.url).path)
    assert available(customer) == 5_000
    # Once it is decided, the page decides nothing more.
    client.post(path, {"passed": "no"})
    assert available(customer) == 5_000


def test_coming_back_alone_proves_nothing(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    values = {"amount": "50", "currency": "CNY", "instrument": "sim_card_3155", "key": key()}
    client.post("/topay/topup/", values)
    payment = Payment.objects.get()
    client.get(f"/topay/methods/back/{payment.number}")
    assert available(customer) == 0
    stranger = client_of(customer_factory().user)
    assert stranger.get(f"/topay/methods/back/{payment.number}").status_code == 404


def test_a_code_to_scan(customer_factory: CustomerFactory, client_of: ClientOf) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    values = {"amount": "50", "currency": "CNY", "instrument": "sim_wallet_qr", "key": key()}
    client.post("/topay/topup/", values)
    payment = Payment.objects.get()
    assert (payment.state, payment.reason) == (PaymentState.PROCESSING, "payer_entering")
    page = client.get(f"/topay/methods/pay/{payment.number}")
    assert b"<svg" in page.content
    scanned = urlsplit(payment.attempts.get().action["content"]).path
    Client().post(scanned, {"passed": "yes"})  # on another device, signed in nowhere
    payments.sweep()
    assert available(customer) == 5_000


def test_without_the_simulated_provider_its_pages_are_not_there(
    customer_factory: CustomerFactory, client_of: ClientOf, settings: Any
) -> None:
    client = client_of(customer_factory().user)
    path = urlsplit(client.post("/topay/methods/add").url).path
    settings.SIMULATED_PROVIDER = False
    assert client.get(path).status_code == 404
