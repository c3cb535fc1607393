"""The wallet's pages that move no money: who gets in, what is shown, in both languages."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from paydesk.audit.models import Entry
from paydesk.brands import profiles
from paydesk.brands.contrast import READABLE, ratio
from paydesk.entry.web import brandstyle
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.people import actions as people
from paydesk.people import queries
from paydesk.people.models import Customer
from paydesk.status import actions as status
from tests.factories import ClientOf, CustomerFactory

pytestmark = pytest.mark.django_db

PAGES = [
    "/topay/",
    "/topay/topup/",
    "/topay/transfer/",
    "/topay/activity/",
    "/topay/security/",
    "/topay/security/freeze/",
    "/topay/help/",
    "/topay/support/",
    "/topay/support/new/",
]


@pytest.fixture
def customer(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(name="陈晓雯", email="chen@mail.example", phone="+8613800138000")


@pytest.fixture
def wallet(client_of: ClientOf, customer: Customer) -> Client:
    return client_of(customer.user)


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_signed_in_signs_in_and_comes_back(client: Client, page: str) -> None:
    response = client.get(page)
    assert response.status_code == 302
    assert response["Location"] == f"/topay/accounts/sign-in/?next={page}"


def test_a_session_of_one_brand_is_nobody_at_another(wallet: Client) -> None:
    cookie = wallet.cookies["paydesk_customer_topay"].value
    wallet.cookies["paydesk_customer_gopay"] = cookie
    assert wallet.get("/gopay/").status_code == 302


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_every_page_speaks_one_language(wallet: Client, page: str, lang: str) -> None:
    response = wallet.get(page, {"lang": lang})
    assert response.status_code == 200
    text = response.content.decode()
    assert f'lang="{"zh-Hans" if lang == "zh-hans" else "en"}"' in text
    assert ("联系客服" in text or "首页" in text) == (lang == "zh-hans")


def test_htmx_is_told_to_sign_in_by_itself(client: Client) -> None:
    response = client.get("/topay/activity/", headers={"HX-Request": "true"})
    assert "/topay/accounts/sign-in/" in response["HX-Redirect"]


def test_nothing_is_inline(wallet: Client) -> None:
    for page in PAGES:
        text = wallet.get(page).content.decode()
        assert " style=" not in text
        assert "<script>" not in text
        assert " onclick=" not in text


def test_home_of_a_new_customer_says_what_to_do_first(wallet: Client) -> None:
    text = wallet.get("/topay/").content.decode()
    assert "¥0.00" in text
    assert "还没有记录" in text
    assert "去充值" in text


def test_an_open_notice_is_told_before_anybody_asks(wallet: Client) -> None:
    now = clock.now()
    status.open_notice(
        brand="topay",
        kind="maintenance",
        components=["card_topup"],
        title={"zh": "银行卡充值维护", "en": "Card top-ups under maintenance"},
        body={"zh": "余额支付不受影响", "en": "Payments from the balance work"},
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        actor=SYSTEM("topay"),
    )
    for page in ["/topay/", "/topay/topup/", "/topay/help/", "/topay/support/new/", "/topay/site/"]:
        assert "银行卡充值维护" in wallet.get(page).content.decode(), page
    assert "under maintenance" in wallet.get("/topay/?lang=en").content.decode()


@pytest.mark.parametrize(("kind", "told"), [("maintenance", True), ("announcement", False)])
def test_only_what_passes_has_an_end(wallet: Client, kind: str, told: bool) -> None:
    at = clock.now()
    status.open_notice(
        brand="topay",
        kind=kind,
        components=["transfer"],
        starts_at=at,
        ends_at=at + timedelta(days=3),
        title={"zh": "谨防冒充客服", "en": "Beware"},
        body={"zh": "说明", "en": "About it"},
        actor=SYSTEM("topay"),
    )
    page = wallet.get("/topay/").content.decode()
    assert "谨防冒充客服" in page
    assert ("预计到" in page) is told


def test_freezing_asks_once_more_and_acts_at_once(wallet: Client, customer: Customer) -> None:
    refused = wallet.post("/topay/security/freeze/", {})
    assert refused.status_code == 422
    assert "请先勾选确认" in refused.content.decode()
    assert not queries.active_restrictions(customer.id)

    done = wallet.post("/topay/security/freeze/", {"sure": "on"}, follow=True)
    assert "您的钱包已冻结" in done.content.decode()
    (held,) = queries.active_restrictions(customer.id)
    assert (held.kind, held.scope, held.placed_by) == ("freeze", "all", f"customer:{customer.id}")
    assert "账户冻结" in wallet.get("/topay/").content.decode()


def test_a_frozen_wallet_offers_no_second_freeze(wallet: Client, customer: Customer) -> None:
    people.place_freeze(customer, reason="test", actor=SYSTEM("topay"))
    assert wallet.get("/topay/security/freeze/")["Location"] == "/topay/security/"
    text = wallet.get("/topay/security/").content.decode()
    assert "联系客服解除冻结" in text
    assert "立即冻结我的钱包" not in text


def test_language_and_look_are_kept(wallet: Client) -> None:
    wallet.get("/topay/security/?lang=en")
    wallet.get("/topay/security/?scheme=dark")
    text = wallet.get("/topay/").content.decode()
    assert 'data-scheme="dark"' in text
    assert "Recent activity" in text
    wallet.get("/topay/security/?scheme=auto")
    assert "data-scheme" not in wallet.get("/topay/").content.decode()


def test_moments_are_told_in_the_readers_zone(wallet: Client, customer: Customer) -> None:
    people.record_sign_in(customer.user, device="Firefox · Linux", address="192.0.2.1")
    at = queries.last_sign_ins(customer.user_id)[0].at
    for told, zone in [("America/New_York", "America/New_York"), ("No/Where", "Asia/Shanghai")]:
        wallet.cookies["tz"] = told
        page = wallet.get("/topay/security/").content.decode()
        assert f"{at.astimezone(ZoneInfo(zone)):%H:%M}" in page


def test_the_brands_colours_come_as_a_stylesheet_that_never_goes_stale(client: Client) -> None:
    for brand in profiles.all():
        address = f"/{brand.code}/brand-{brandstyle.digest(brand.code)}.css"
        response = client.get(address)
        assert response["Content-Type"].startswith("text/css")
        assert "immutable" in response["Cache-Control"]
        assert brand.colours.brand in response.content.decode()
    assert client.get("/topay/brand-0000.css").status_code == 404


@pytest.mark.parametrize("code", [brand.code for brand in profiles.all()])
def test_the_balance_cards_ground_is_readable_from_end_to_end(code: str) -> None:
    colours = profiles.get(code).colours
    for ground in brandstyle.hero(colours.brand, colours.ink):
        assert ratio(colours.ink, ground) >= READABLE


def test_pale_brand_colours_are_darkened_until_readable() -> None:
    near, far = brandstyle.hero("#ffe066", "#ffffff")
    assert ratio("#ffffff", near) >= READABLE
    assert ratio("#ffffff", far) >= READABLE


def test_the_wallet_can_be_installed(client: Client) -> None:
    manifest = json.loads(client.get("/topay/app.webmanifest").content)
    assert manifest["start_url"] == "/topay/"
    assert manifest["scope"] == "/topay/"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        assert client.get(icon["src"])["Content-Type"] == "image/svg+xml"


def test_the_policy_allows_nothing_inline(wallet: Client) -> None:
    policy = wallet.get("/topay/")["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_the_language_of_messages_is_the_customers_own_choice(
    customer: Customer, client_of: ClientOf
) -> None:
    """Apart from the language of pages; on record once it changed, and only one that there is."""
    own = client_of(customer.user)
    assert own.get("/topay/security/language/").status_code == 405
    for lang in ("en", "en", "xx"):
        assert own.post("/topay/security/language/", {"lang": lang}).status_code == 302
    customer.user.refresh_from_db()
    assert customer.user.lang == "en"
    assert Entry.objects.filter(action="customer.language").count() == 1
    shown = own.get("/topay/security/?lang=zh-hans", follow=True).content.decode()
    assert 'value="en" lang="en" aria-current="true"' in shown
