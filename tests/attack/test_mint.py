"""Making money out of nothing: test cards, forged notifications, other people's payments."""

import uuid

import pytest
from django.test import Client
from pytest_django import Settings

from paydesk.kit import clock
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.payments import actions, queries
from paydesk.money.payments.actions import UnknownInstrument, notify
from paydesk.money.payments.models import ProviderNotification
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import Answer, Said
from paydesk.money.payments.providers.simulated import signing
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory

pytestmark = pytest.mark.usefixtures("committed_db")

CARD = "sim_card_4242"


def topup(customer: Customer, amount: int = 10_000, key: str = "a key of mine") -> object:
    actor = Actor(ActorKind.CUSTOMER, customer.pk, customer.brand)
    return actions.topup(
        customer=customer, token=CARD, amount=amount, currency="CNY", actor=actor, key=key
    )


def has(customer: Customer) -> int:
    return sum(wallet.posted for wallet in queries.wallets(customer))


def test_a_test_card_makes_no_money_outside_a_demo(
    customer_factory: CustomerFactory, client_of: ClientOf, settings: Settings
) -> None:
    customer = customer_factory()
    settings.SIMULATED_PROVIDER = False
    with pytest.raises(UnknownInstrument):
        topup(customer)
    client = client_of(customer.user)
    page = client.get("/topay/topup/")
    assert page.status_code == 200
    assert CARD not in page.content.decode()
    form = {"key": str(uuid.uuid4()), "currency": "CNY", "amount": "100", "instrument": CARD}
    assert client.post("/topay/topup/", form).status_code == 422
    assert has(customer) == 0
    assert not registry.offers("simulated")


def test_no_notification_of_the_simulated_provider_is_heard_outside_a_demo(
    settings: Settings,
) -> None:
    settings.SIMULATED_PROVIDER = False
    answer = Answer(Said.PAID, 1, "CNY", "x", "", {})
    raw = signing.write("topay", "evt_1", uuid.uuid4(), answer)
    headers = signing.sign("topay", raw, clock.now())
    sent = Client().post(
        "/hooks/simulated/topay", raw, content_type="application/json", headers=headers
    )
    assert sent.status_code == 404
    assert actions.sweep() == 0


def test_a_transfer_has_nothing_to_verify(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    payer, payee = customer_factory(), customer_factory()
    topup(payer)
    sent = actions.transfer(
        payer=payer,
        recipient=payee,
        amount=100,
        currency="CNY",
        actor=Actor(ActorKind.CUSTOMER, payer.pk, "topay"),
        key="a key of mine 2",
    )
    for who in (payer, payee):
        address = f"/topay/methods/back/{sent.number}"
        assert client_of(who.user).get(address, {"passed": "yes"}).status_code == 302
    assert (has(payer), has(payee)) == (9_900, 100)


def test_nobody_finishes_or_retries_what_is_another_s(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    victim, thief = customer_factory(), customer_factory()
    actor = Actor(ActorKind.CUSTOMER, victim.pk, "topay")
    asked = actions.topup(
        customer=victim,
        token="sim_card_3155",
        amount=100,
        currency="CNY",
        actor=actor,
        key="victim's key",
    )
    failed = actions.transfer(
        payer=victim, recipient=thief, amount=50, currency="CNY", actor=actor, key="victim's two"
    )
    assert failed.reason
    topup(victim, key="victim's three")
    client = client_of(thief.user)
    key = str(uuid.uuid4())
    assert (
        client.post(f"/topay/activity/{asked.number}/verify/", {"passed": "yes"}).status_code == 404
    )
    assert client.post(f"/topay/activity/{failed.number}/retry/", {"key": key}).status_code == 404
    assert client.get(f"/topay/activity/{failed.number}/").status_code == 404
    assert (has(victim), has(thief)) == (10_000, 0)


def test_a_key_of_another_customer_answers_nothing_of_his(
    customer_factory: CustomerFactory,
) -> None:
    victim, thief = customer_factory(), customer_factory()
    theirs = topup(victim, key="the very same key")
    mine = topup(thief, key="the very same key")
    assert theirs != mine
    assert (has(victim), has(thief)) == (10_000, 10_000)


def test_strays_at_the_hook_fill_no_disk() -> None:
    def send(raw: bytes) -> int:
        return Client().post("/hooks/simulated/topay", raw, content_type="x/y").status_code

    assert send(b"x" * (notify.STRAY_BYTES + 1)) == 401
    assert not ProviderNotification.objects.exists()
    for n in range(notify.MOST_STRAY + 5):
        assert send(b"stray %d" % n) == 401
    assert ProviderNotification.objects.count() == notify.MOST_STRAY
