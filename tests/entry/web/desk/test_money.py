"""The desk's dialogs that move money, with real commits."""

import pytest
from django.test import Client

from paydesk.kit import ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.payments.actions import topup
from tests.entry.web.desk.conftest import OpenCase

pytestmark = pytest.mark.usefixtures("committed_db")


def test_a_hold_that_failed_can_be_tried_again_in_the_same_dialog(
    desk: Client, open_case: OpenCase
) -> None:
    case = open_case()
    url = f"/desk/cases/{case.number}/do/hold/"
    sent = {
        "key": str(ids.uuid7()), "currency": "CNY", "amount": "5", "reason": "review", "lasts": "1",
    }  # fmt: skip
    page = desk.post(url, sent).content.decode()
    assert "可用余额不足" in page
    assert sent["key"] not in page
    customer = case.customer
    assert customer
    topup(
        customer=customer, token="sim_card_4242", amount=10_000, currency="CNY",
        actor=Actor(ActorKind.CUSTOMER, customer.pk, "topay"), key=str(ids.uuid7()),
    )  # fmt: skip
    fresh = page.split('name="key" value="')[1].split('"')[0]
    assert desk.post(url, sent | {"key": fresh}).status_code == 204
    assert "释放" in desk.get(f"/desk/cases/{case.number}/facts/").content.decode()
