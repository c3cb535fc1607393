"""What opens or watches real money asks its owner for a proof, keeps what was typed, and is
written about in the owner's language."""

import pytest

from paydesk.money.merchants.actions import keys
from paydesk.money.merchants.models import ApiKey, Endpoint, Merchant
from paydesk.money.merchants.rules import Scope
from paydesk.people.models import Customer
from tests.entry.web.doors import delivered
from tests.entry.web.test_safety import step_up
from tests.factories import ClientOf, CustomerFactory
from tests.money.orders.shops import by, key, shop

pytestmark = pytest.mark.usefixtures("committed_db")
KEY = {"label": "网店", "live": "live", "scopes": ["orders:read", "refunds:write"]}
HOOK = {"url": "https://shop.example/hook?a=b&c", "live": "live", "kinds": ["order.paid"]}


@pytest.fixture
def lin(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(name="林茶")


@pytest.fixture
def tea(lin: Customer) -> Merchant:
    return shop(lin)


def letters() -> list[str]:
    """The mails about keys and addresses, oldest first."""
    return [
        f"{one.subject}\n{one.text}"
        for one in delivered()
        if one.message.template == "merchants/doors_changed"
    ]


def test_a_live_key_needs_a_proof_and_keeps_what_was_typed(
    lin: Customer, tea: Merchant, client_of: ClientOf
) -> None:
    own, page = client_of(lin.user), f"/topay/merchant/{tea.number}/keys/"
    led = own.post(page, KEY)
    assert led.status_code == 302
    assert led.headers["Location"].startswith("/topay/safety/proof/?next=")
    assert not ApiKey.objects.exists()
    step_up(own)
    again = own.get(page)
    assert again.context["form"].initial == KEY
    assert "已确认是您本人" in again.content.decode()
    assert 'value="网店"' in again.content.decode()
    assert not own.get(page).context["form"].initial  # once
    assert "pd_live_" in own.post(page, KEY).content.decode()
    [letter] = letters()
    assert "新的正式密钥" in letter
    assert ApiKey.objects.get().prefix in letter


def test_rotating_a_live_key_needs_one_too(
    lin: Customer, tea: Merchant, client_of: ClientOf
) -> None:
    lin.user.lang = "en"
    lin.user.save(update_fields=["lang"])
    key(tea)
    own, row = client_of(lin.user), ApiKey.objects.get()
    change = f"/topay/merchant/{tea.number}/keys/{row.id}/"
    assert "/safety/proof/" in own.post(change, {"what": "rotate"}).headers["Location"]
    assert ApiKey.objects.count() == 1
    step_up(own)
    assert "pd_live_" in own.post(change, {"what": "rotate"}).content.decode()
    made, rotated = letters()
    assert "a new live key" in made
    assert "a live key was rotated" in rotated
    assert "switch it off" in rotated


def test_revoking_and_the_sandbox_ask_for_nothing(
    lin: Customer, tea: Merchant, client_of: ClientOf
) -> None:
    own, page = client_of(lin.user), f"/topay/merchant/{tea.number}/keys/"
    assert "pd_test_" in own.post(page, KEY | {"live": "test"}).content.decode()
    test = ApiKey.objects.get()
    assert "pd_test_" in own.post(f"{page}{test.id}/", {"what": "rotate"}).content.decode()
    hooks = f"/topay/merchant/{tea.number}/webhooks/"
    assert "whsec_" in own.post(hooks, HOOK | {"live": "test"}).content.decode()
    assert letters() == []
    live, _ = keys.make(tea, live=True, label="x", scopes=[Scope.ORDERS_READ], actor=by(lin))
    own.post(f"{page}{live.id}/", {"what": "revoke"})
    live.refresh_from_db()
    assert live.revoked_at


def test_a_live_address_needs_a_proof(lin: Customer, tea: Merchant, client_of: ClientOf) -> None:
    own, page = client_of(lin.user), f"/topay/merchant/{tea.number}/webhooks/"
    assert "/safety/proof/" in own.post(page, HOOK).headers["Location"]
    assert not Endpoint.objects.exists()
    step_up(own)
    assert own.get(page).context["form"].initial == HOOK
    assert "whsec_" in own.post(page, HOOK).content.decode()
    change = f"{page}{Endpoint.objects.get().id}/"
    own.post(change, {"what": "rotate"})
    own.post(change, {"what": "off"})
    fresh = client_of(lin.user)
    for what in ("rotate", "on"):
        assert "/safety/proof/" in fresh.post(change, {"what": what}).headers["Location"]
    assert Endpoint.objects.get().disabled_at
    fresh.post(change, {"what": "remove"})
    told = ["新的正式通知地址", "签名密钥已更换", "通知地址已更改", "通知地址已删除"]
    found = letters()
    assert [word in one for word, one in zip(told, found, strict=True)] == [True] * 4
    assert str(HOOK["url"]) in found[0]
