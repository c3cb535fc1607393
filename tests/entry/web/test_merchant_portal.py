"""The portal and the staff's page: applied, tested, activated by two, paid, refunded; keys shown
once; nobody else's merchant."""

import re

import pytest
from django.test import Client, override_settings

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.kit import ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.models import ApiKey, Delivery, Endpoint, Merchant
from paydesk.money.merchants.rules import REPLAYS_A_MINUTE, Standing
from paydesk.money.orders.models import Order
from paydesk.money.payments.models import Payment
from tests.entry.web.test_safety import step_up
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.orders.shops import fund, order, shop

pytestmark = pytest.mark.usefixtures("committed_db")
FORM = {"name": "半亩茶社", "website": "shop.example", "about": "茶叶与茶具"}


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def test_a_merchant_becomes_active_by_two_people(
    client_of: ClientOf, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    lin = customer_factory(name="林茶")
    own = client_of(lin.user)
    assert "申请成为商户" in text(own, "/topay/merchant/")
    assert own.post("/topay/merchant/apply/", FORM).status_code == 302
    merchant = Merchant.objects.get(owner=lin)
    assert (merchant.standing, merchant.website) == ("applied", "https://shop.example")
    assert own.post("/topay/merchant/apply/", FORM).status_code == 422
    waiting = Merchant.objects.get().number
    for tab in ("", "keys/"):  # wherever one looks meanwhile, it says what comes next
        assert "受理后先开通沙箱" in text(own, f"/topay/merchant/{waiting}/{tab}")

    agent = client_of(staff_factory(role="agent").user)
    first, second = staff_factory(role="supervisor"), staff_factory(role="supervisor")
    boss = client_of(first.user)
    move = f"/desk/merchants/{merchant.number}/move/"
    agent.post(move, {"to": "sandbox"})
    merchant.refresh_from_db()
    assert merchant.standing == "applied"
    boss.post(move, {"to": "active"})
    merchant.refresh_from_db()
    assert merchant.standing == "applied"  # not past the sandbox
    boss.post(move, {"to": "sandbox"})
    boss.post(move, {"to": "active"})
    merchant.refresh_from_db()
    assert merchant.standing == "sandbox"
    asked = Request.objects.get(action="merchant.activate")
    with pytest.raises(approvals.DecisionNotPossible):
        approvals.decide(asked, staff=first, approve=True)
    approvals.decide(asked, staff=second, approve=True)
    merchant.refresh_from_db()
    assert merchant.standing == "active"
    assert "半亩茶社" in text(boss, "/desk/merchants/")


def test_the_desk_leads_to_the_merchants(client_of: ClientOf, staff_factory: StaffFactory) -> None:
    boss = client_of(staff_factory(role="supervisor").user)
    link = '<a class="rail-link" href="/desk/merchants/"'
    assert link in text(boss, "/desk/")
    assert f'{link} aria-current="page"' in text(boss, "/desk/merchants/")
    english = text(boss, "/desk/merchants/?lang=en")
    assert "<h1>Merchants</h1>" in english
    assert "<span>Merchants</span>" in english


def test_the_tabs_name_many_in_english(
    client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    owner = customer_factory()
    seller = shop(owner)
    page = text(client_of(owner.user), f"/topay/merchant/{seller.number}/keys/?lang=en")
    tabs = page.partition("shop-tabs")[2].partition("</nav>")[0]
    assert re.findall(r">([^<>]+)</a>", tabs) == [
        "Overview", "Payments", "Orders", "Keys", "Notifications", "Settings",
    ]  # fmt: skip
    assert "<title>Keys" in page


def test_a_key_is_shown_once(client_of: ClientOf, customer_factory: CustomerFactory) -> None:
    lin = customer_factory(name="林茶")
    merchant, own = shop(lin), client_of(lin.user)
    page = f"/topay/merchant/{merchant.number}/keys/"
    form = {"label": "网店", "live": "live", "scopes": ["orders:read", "orders:write"]}
    step_up(own)
    said = own.post(page, form).content.decode()
    [shown] = set(re.findall(r"pd_live_[A-Za-z0-9_-]{30,}", said))
    assert shown not in text(own, page)
    key = ApiKey.objects.get()
    assert shown.startswith(key.prefix)
    assert shown not in str(ApiKey.objects.values().get())
    rotated = own.post(f"{page}{key.id}/", {"what": "rotate"}).content.decode()
    assert set(re.findall(r"pd_live_[A-Za-z0-9_-]{30,}", rotated)) - {shown}
    own.post(f"{page}{key.id}/", {"what": "revoke"})
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert own.post(page, {"label": "x", "live": "test"}).status_code == 422


def test_pages_show_what_happened_and_refund_it(
    client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    lin, chen = customer_factory(name="林茶"), customer_factory(name="陈晓雯")
    fund(chen, 50_000)
    merchant, own, payer = shop(lin), client_of(lin.user), client_of(chen.user)
    one = order(merchant, 8800)
    cashier = text(payer, f"/topay/pay/{one.token}/")
    assert "半亩茶社" in cashier
    assert "已审核的商户" in cashier
    key = re.search(r'name="key" value="([^"]+)"', cashier)
    assert key
    for _ in range(2):  # twice is once
        said = payer.post(f"/topay/pay/{one.token}/pay/", {"key": key[1]})
        assert said.status_code == 302
    receipt = text(payer, said.headers["Location"])
    assert "返回商户" in receipt
    assert "state=paid" in receipt
    paid = Payment.objects.get(kind="purchase")
    home = f"/topay/merchant/{merchant.number}/"
    assert "¥88.00" in text(own, home)
    assert paid.number in text(own, f"{home}payments/?kind=purchase")
    page = f"{home}payments/{paid.number}/"
    form = {"key": str(ids.uuid7()), "amount": "30", "reason": "一包"}
    assert own.post(page, form).status_code == 302
    assert "¥58.00" in text(own, page)
    assert own.post(page, form | {"key": str(ids.uuid7()), "amount": "x"}).status_code == 422
    paid.refresh_from_db()
    assert paid.refunded == 3000
    assert own.post(f"{home}orders/", {"amount": "5", "currency": "CNY", "reference": "L-1",
                                       "key": str(ids.uuid7())}).status_code == 302  # fmt: skip
    made = Order.objects.get(reference="L-1")
    assert made.token in text(own, f"{home}orders/{made.id}/")
    svg = own.get(f"/topay/pay/{made.token}/code.svg")
    assert svg.headers["Content-Type"] == "image/svg+xml"


def test_webhooks_are_added_tested_and_replayed(
    client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    lin = customer_factory(name="林茶")
    merchant, own = shop(lin), client_of(lin.user)
    page = f"/topay/merchant/{merchant.number}/webhooks/"
    with override_settings(WEBHOOKS_TO_PRIVATE=False):
        bad = own.post(page, {"url": "http://10.0.0.1/", "live": "live"})
    assert bad.status_code == 422
    step_up(own)
    said = own.post(page, {"url": "https://shop.example/hook", "live": "live"}).content.decode()
    assert "whsec_" in said
    assert "whsec_" not in text(own, page)
    endpoint = Endpoint.objects.get()
    own.post(f"{page}{endpoint.id}/", {"what": "ping"})
    delivery = Delivery.objects.get()
    log = f"/topay/merchant/{merchant.number}/log/{delivery.id}/"
    assert str(delivery.event_id) in text(own, log)
    assert own.post(f"{log}replay/").status_code == 302
    assert Delivery.objects.filter(event=delivery.event).count() == 2
    for _ in range(REPLAYS_A_MINUTE):
        own.post(f"{log}replay/")
    assert Delivery.objects.count() == REPLAYS_A_MINUTE
    assert "太频繁" in own.post(f"{log}replay/", follow=True).content.decode()
    own.post(f"{page}{endpoint.id}/", {"what": "remove"})
    assert "shop.example/hook" not in text(own, page).split("发送记录", maxsplit=1)[0]


def test_no_address_is_called_for_an_applicant(
    client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    lin = customer_factory(name="林茶")
    own = client_of(lin.user)
    own.post("/topay/merchant/apply/", FORM)
    page = f"/topay/merchant/{Merchant.objects.get().number}/webhooks/"
    said = own.post(page, {"url": "https://shop.example/hook", "live": "test"})
    assert said.status_code == 422
    assert "申请通过以后" in said.content.decode()
    assert not Endpoint.objects.exists()


def test_nobody_sees_anothers_merchant(
    client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    merchant = shop(customer_factory(name="林茶"))
    stranger = client_of(customer_factory(name="路人").user)
    for page in ("", "payments/", "keys/", "webhooks/", "settings/", "orders/"):
        text(stranger, f"/topay/merchant/{merchant.number}/{page}", 404)
    assert Client().get(f"/topay/merchant/{merchant.number}/").status_code == 302


def test_requests_are_paid_declined_and_taken_back(
    client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    lin, chen = (
        customer_factory(name="林茶"),
        customer_factory(name="陈晓雯", email="c@mail.example"),
    )
    fund(chen, 50_000)
    asks, pays = client_of(lin.user), client_of(chen.user)
    form = {"amount": "12.50", "currency": "CNY", "note": "午饭", "payer": "c@mail.example"}

    def ask() -> str:
        said = asks.post("/topay/pay/requests/", form | {"key": str(ids.uuid7())})
        assert said.status_code == 302, said.content.decode()
        return str(said.headers["Location"])

    page = ask()
    shown = text(pays, page)
    key = re.search(r'name="key" value="([^"]+)"', shown)
    assert key
    paid = pays.post(f"{page}answer/", {"what": "pay", "key": key[1]})
    assert "/activity/" in paid.headers["Location"]
    again = pays.post(f"{page}answer/", {"what": "pay", "key": str(ids.uuid7())})
    assert Payment.objects.filter(purpose__startswith="request:", state="succeeded").count() == 1
    assert again.status_code == 302
    other = ask()
    pays.post(f"{other}answer/", {"what": "decline"})
    assert "已拒绝" in text(asks, other)
    third = ask()
    asks.post(f"{third}answer/", {"what": "take_back"})
    assert "已取消" in text(pays, third)
    stranger = client_of(customer_factory(name="路人").user)
    text(stranger, third, 404)


def test_the_second_person_reads_what_is_asked(
    client_of: ClientOf, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    made = onboarding.apply(
        owner=customer_factory(name="林茶"),
        name="半亩茶社",
        website="https://shop.example",
        about="茶叶",
        actor=SYSTEM("topay"),
    )
    first, second = staff_factory(role="supervisor"), staff_factory(role="supervisor")
    onboarding.move(made, Standing.SANDBOX, staff=first)
    made.refresh_from_db()
    onboarding.ask_to_activate(made, staff=first)
    page = text(client_of(second.user), "/desk/approvals/")
    for word in ("开通商户收款", "半亩茶社", "https://shop.example", "茶叶"):
        assert word in page
