"""Paying across a border in a real browser: either amount, a quote that lapses, nothing lost."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from playwright.sync_api import BrowserContext, Page, expect

from paydesk.kit import clock
from paydesk.money.exchange import actions, queries
from paydesk.money.exchange.models import Quote
from paydesk.money.exchange.sources import simulated
from paydesk.money.payments.models import Payment
from paydesk.people.models import Customer
from tests.browser.test_axe import check
from tests.browser.world import enter
from tests.factories import CustomerFactory, StaffFactory
from tests.harness.live import LiveApp
from tests.money.exchange.helpers import liquidity, rates
from tests.money.payments.helpers import available, fund

NewContext = Callable[..., BrowserContext]
PHONE = {"width": 390, "height": 844}
SLOW = 15_000


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    customer = customer_factory(name="陈晓雯", email="chen@mail.example", identity_level=1)
    fund(customer, 200_000)
    return customer


@pytest.fixture
def payee(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(name="周明", email="zhou@mail.example")


@pytest.fixture
def phone(
    live_app: LiveApp, payer: Customer, staff_factory: StaffFactory, new_context: NewContext
) -> Page:
    rates()
    liquidity(staff_factory, 1_000_000, "USD")
    context = new_context(viewport=PHONE, locale="zh-CN", reduced_motion="reduce")
    enter(context, live_app, payer.user)
    return context.new_page()


def filled(phone: Page, live_app: LiveApp) -> None:
    """The form with a recipient in the United States who shall get 100 dollars."""
    phone.goto(f"{live_app.url}/topay/exchange/?kind=remittance")
    phone.locator("[name=recipient]").fill("zhou@mail.example")
    phone.locator("[name=get_amount]").fill("100")
    expect(phone.locator("[name=pay_amount]")).not_to_have_value("", timeout=SLOW)
    expect(phone.locator("[data-rate]")).to_contain_text("1 CNY = 0.1")
    expect(phone.locator("[data-fee]")).to_contain_text("¥")
    phone.locator("[name=country]").select_option("US")
    phone.locator("[name=purpose]").select_option("study")
    phone.locator("[name=address]").fill("12 Elm Street, Springfield")
    expect(phone.locator("[name=relationship]")).to_be_hidden()
    phone.locator("[name=note]").fill("学费")


def test_a_quote_that_lapsed_is_replaced_and_nothing_is_lost(
    phone: Page, live_app: LiveApp, payer: Customer, payee: Customer
) -> None:
    filled(phone, live_app)
    assert not check(phone, "the form")
    phone.get_by_role("button", name="获取报价").click()
    expect(phone.locator(".ask .sum")).to_have_text("US$100.00")
    expect(phone.locator("[data-left]")).to_contain_text(re.compile(r"还有 \d+ 秒"))
    assert not check(phone, "the offer")
    first = Quote.objects.get()
    # The market moves, and the offer lapses while it is looked at.
    Quote.objects.update(expires_at=F("quoted_at") + timedelta(milliseconds=1))
    simulated.tell("topay", "USD", shift_bp=300)
    with clock.travel(clock.now() + timedelta(minutes=1)):
        actions.refresh_rates("topay")
    phone.locator("[data-confirm]").click()
    renewed = phone.locator("[data-renewed]")
    expect(renewed).to_contain_text("新的报价", timeout=SLOW)
    expect(renewed).to_contain_text("原来 ¥")
    expect(phone.locator(".ask .sum")).to_have_text("US$100.00")
    assert not check(phone, "the new offer")
    refused = Payment.objects.get(payer=payer, kind="remittance")
    assert (refused.state, refused.reason) == ("failed", "quote_lapsed")
    assert refused.facts["quote"] == str(first.id)
    phone.locator("[data-confirm]").click()
    expect(phone).to_have_url(re.compile(r"/activity/\d+/"), timeout=SLOW)
    paid = Payment.objects.get(payer=payer, kind="remittance", state="succeeded")
    assert (paid.received_amount, paid.received_currency, paid.note) == (10_000, "USD", "学费")
    assert available(payee, "USD") == 10_000
    declared = queries.declaration(paid.id)
    assert declared
    assert declared.address == "12 Elm Street, Springfield"


def test_an_offer_renews_itself_when_its_time_is_over(
    phone: Page, live_app: LiveApp, payee: Customer
) -> None:
    phone.clock.install()
    filled(phone, live_app)
    phone.get_by_role("button", name="获取报价").click()
    expect(phone.locator("[data-left]")).to_contain_text("还有")
    phone.clock.fast_forward("01:05")
    expect(phone.locator("[data-renewed]")).to_be_visible(timeout=SLOW)
    assert Quote.objects.count() == 2
    expect(phone.locator(".person")).to_contain_text("明")


def test_what_the_border_asks_for_is_marked_at_its_field(
    phone: Page, live_app: LiveApp, payee: Customer
) -> None:
    """Row 39: said at the field, on record, and done once it is filled in."""
    filled(phone, live_app)
    phone.locator("[name=purpose]").select_option("")
    phone.get_by_role("button", name="获取报价").click()
    phone.locator("[data-confirm]").click()
    expect(phone.locator("[data-field=purpose] .error")).to_be_visible(timeout=SLOW)
    assert Payment.objects.get(kind="remittance").facts["missing"] == ["purpose"]
    expect(phone.locator("[name=note]")).to_have_value("学费")
    phone.locator("[name=purpose]").select_option("study")
    phone.get_by_role("button", name="获取报价").click()
    phone.locator("[data-confirm]").click()
    expect(phone).to_have_url(re.compile(r"/activity/\d+/"), timeout=SLOW)
    assert available(payee, "USD") == 10_000
