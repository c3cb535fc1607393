"""The exchange pages without scripts: what they start with, what they say, what they refuse."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from paydesk.money.payments.models import Payment
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.exchange.helpers import convert, liquidity, quote, rates
from tests.money.payments.helpers import available, fund, send

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    customer = customer_factory()
    fund(customer, 200_000)
    return customer


@pytest.fixture
def wallet(payer: Customer, client_of: ClientOf) -> Client:
    rates()
    return client_of(payer.user)


def text(response: HttpResponse) -> str:
    return response.content.decode()


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the confirmation."""
    form = page[page.index("data-offer") :]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return dict(found)


def test_converting_without_scripts(
    wallet: Client, payer: Customer, staff_factory: StaffFactory
) -> None:
    liquidity(staff_factory, 1_000_000, "USD")
    asked = {
        "kind": "exchange",
        "key": "made-with-the-page",
        "pay_currency": "CNY",
        "get_currency": "USD",
        "pay_amount": "500",
        "step": "quote",
    }
    offer = text(wallet.post("/topay/exchange/", asked))
    assert "US$" in offer
    done = wallet.post("/topay/exchange/", fields(offer) | {"step": "pay"})
    assert done.status_code == 302
    assert available(payer) == 150_000
    again = wallet.post("/topay/exchange/", fields(offer) | {"step": "pay"})
    assert again.url == done.url  # type: ignore[attr-defined]  # a redirect
    history = text(wallet.get("/topay/activity/"))
    assert "兑换 · CNY → USD" in history
    assert "来自" not in history
    assert "−¥500.00" in history
    details = text(wallet.get(done.url))  # type: ignore[attr-defined]  # a redirect
    assert "换出" in details
    assert "换入" in details
    assert "收款人" not in details


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"pay_amount": ""}, "请输入金额"),
        ({"pay_amount": "0"}, "大于零"),
        ({"pay_amount": "1.234"}, "小数位太多"),
        ({"pay_amount": "²"}, "请用数字"),
        ({"get_currency": "CNY"}, "两种不同的货币"),
    ],
)
def test_bad_input_is_said_at_its_field(
    wallet: Client, changed: dict[str, str], words: str
) -> None:
    asked = {
        "kind": "exchange",
        "key": "made-with-the-page",
        "pay_currency": "CNY",
        "get_currency": "USD",
        "pay_amount": "500",
    } | changed
    answer = wallet.post("/topay/exchange/", asked)
    assert answer.status_code == 422
    assert words in text(answer)


def test_somebody_else_s_quote_is_none(wallet: Client, customer_factory: CustomerFactory) -> None:
    other = customer_factory()
    fund(other, 100_000)
    theirs = quote(other, 5_000)
    asked = {
        "kind": "exchange",
        "key": "made-with-the-page",
        "pay_currency": "CNY",
        "get_currency": "USD",
        "pay_amount": "50",
        "quote": str(theirs.id),
        "step": "pay",
    }
    answer = wallet.post("/topay/exchange/", asked)
    assert answer.status_code == 200  # a new offer of one's own instead
    assert available(other) == 100_000
    assert not Payment.objects.filter(kind="exchange").exists()


def test_a_payment_that_failed_fills_the_form_again(
    wallet: Client, payer: Customer, customer_factory: CustomerFactory
) -> None:
    """Rows 36 and 34: the same terms; and what a recipient can't take is converted on the way."""
    failed = convert(quote(payer, 5_000))
    page = text(wallet.get(f"/topay/exchange/?retry={failed.number}"))
    assert 'value="50.00"' in page
    gopayer = customer_factory()
    fund(payer, 5_000, "USD")
    transfer = send(payer, gopayer, 3_000, currency="USD")
    assert transfer.reason == "currency_differs"
    page = text(wallet.get(f"/topay/exchange/?retry={transfer.number}"))
    assert 'value="30.00"' in page
    assert f'value="{gopayer.number}"' in page
    assert re.search(r'<option value="CNY" selected>', page[page.index("get_currency") :])


def test_a_preview_says_what_it_would_be(wallet: Client) -> None:
    query = "side=get&get_amount=100&pay_currency=CNY&get_currency=USD&kind=remittance"
    said = wallet.get(f"/topay/exchange/preview/?{query}").json()
    assert said["get"] == "100.00"
    assert said["rate"].startswith("1 CNY = 0.1")
    assert wallet.get("/topay/exchange/preview/?side=pay&pay_amount=x").status_code == 422


def test_without_a_rate_it_says_so(customer_factory: CustomerFactory, client_of: ClientOf) -> None:
    answer = client_of(customer_factory().user).post(
        "/topay/exchange/",
        {
            "kind": "exchange",
            "key": "made-with-the-page",
            "pay_currency": "CNY",
            "get_currency": "USD",
            "pay_amount": "50",
        },
    )
    assert answer.status_code == 422
    assert "暂时没有可用的汇率" in text(answer)
