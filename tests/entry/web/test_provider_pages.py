"""The payer's way to providers' pages and back: codes, posted forms, account details."""

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
