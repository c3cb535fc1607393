"""The payer's way to providers' pages and back: codes, posted forms, account details."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from paydesk.money.payments.models import Payment
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory
from tests.harness.gateways.unionpay import UnionPayGateway
from tests.money.payments.helpers import top_up
from tests.money.payments.providers.conftest import account_file

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    return customer_factory()


@pytest.fixture
def page(payer: Customer, client_of: ClientOf) -> Client:
    return client_of(payer.user)


@pytest.fixture
def gateway(tmp_path: Path, settings: Any) -> UnionPayGateway:
    """UnionPay's account, its gateway not reachable."""
    found = UnionPayGateway()
    found.url = "https://gateway.95516.com"
    settings.PROVIDERS_FILE = account_file(tmp_path, "topay", {"unionpay": found.settings()})
    return found


def started(payer: Customer, token: str) -> str:
    return Payment.objects.get(id=top_up(payer, 5_000, token=token).id).number


def test_a_posted_form_may_go_there_and_nowhere_else(
    gateway: UnionPayGateway, payer: Customer, page: Client
) -> None:
    number = started(payer, "unionpay:page")
    answer = page.get(f"/topay/methods/pay/{number}")
    shown = answer.content.decode()
    assert 'action="https://gateway.95516.com/gateway/api/frontTransReq.do"' in shown
    assert 'name="signature"' in shown
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self' https://gateway.95516.com;" in policy


def test_who_comes_back_by_post_without_a_session_comes_again(page: Client) -> None:
    answer = Client(enforce_csrf_checks=True).post("/topay/methods/back/12345", {"respCode": "00"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/topay/methods/back/12345")


def test_where_to_transfer_to(tmp_path: Path, settings: Any, payer: Customer, page: Client) -> None:
    values = {"holder": "Topay", "bank_name": "示例银行", "virtual_prefix": "880166"}
    settings.PROVIDERS_FILE = account_file(tmp_path, "topay", {"bank": values})
    number = started(payer, f"bank:{payer.number}")
    shown = page.get(f"/topay/methods/pay/{number}").content.decode()
    assert f"880166{payer.number}" in shown
    assert "收款账号" in shown
    assert "示例银行" in shown


def test_every_provider_of_the_brand_can_be_chosen(
    tmp_path: Path, settings: Any, payer: Customer, page: Client
) -> None:
    """Also where no test instrument is offered, as in production."""
    bank = {"holder": "Topay", "bank_name": "示例银行", "virtual_prefix": "880166"}
    accounts = {"unionpay": UnionPayGateway().settings(), "alipay": {}, "wechat": {}, "bank": bank}
    settings.PROVIDERS_FILE = account_file(tmp_path, "topay", accounts)
    settings.SIMULATED_PROVIDER = False
    shown = page.get("/topay/topup/").content.decode()
    offered = re.findall(r'name="instrument" value="([^"]+)"', shown)
    mine = f"bank:{payer.number}"
    assert offered == [
        "alipay:qr", "alipay:wap", "wechat:native", "wechat:h5", "unionpay:page", mine
    ]  # fmt: skip
    for text in ("支付宝", "微信支付", "银联", "银行转账", "用微信扫码"):
        assert text in shown
    assert "测试卡" not in shown
    key = re.search(r'name="key" value="([^"]+)"', shown)
    assert key
    values = {"key": key[1], "amount": "50", "currency": "CNY"}
    strange = page.post("/topay/topup/", {**values, "instrument": "bank:100000000"})
    assert strange.status_code == 422
    answer = page.post("/topay/topup/", {**values, "instrument": mine}, follow=True)
    assert "去完成付款" in answer.content.decode()
