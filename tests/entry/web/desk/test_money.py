"""The desk's dialogs that move money, with real commits."""

from datetime import timedelta

import pytest
from django.test import Client

from paydesk.desk.cases.actions import open_case as open_case_action
from paydesk.desk.cases.rules import Topic
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.payments.actions import place_hold, topup, transfer
from paydesk.money.payments.models import Payment
from paydesk.money.payments.queries import open_holds
from paydesk.money.payments.states import HoldReason
from paydesk.people import actions as people
from paydesk.people.models import StaffMember
from tests.entry.web.desk.conftest import OpenCase
from tests.factories import CustomerFactory
from tests.money.payments.helpers import customer_actor, fund, send, staff_actor

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


def test_a_finding_about_held_money_leads_to_its_release(
    desk: Client, customer_factory: CustomerFactory
) -> None:
    payer, friend = customer_factory(name="陈晓雯"), customer_factory(name="李强")
    mine = Actor(ActorKind.CUSTOMER, payer.pk, "topay")
    topup(
        customer=payer, token="sim_card_4242", amount=10_000, currency="CNY", actor=mine,
        key=str(ids.uuid7()),
    )  # fmt: skip
    placed = place_hold(
        customer=payer, amount=9_000, currency="CNY", reason=HoldReason.DISPUTE,
        expires_at=clock.now() + timedelta(days=1), actor=SYSTEM("topay"),
    )  # fmt: skip
    failed = transfer(
        payer=payer, recipient=friend, amount=5_000, currency="CNY", actor=mine,
        key=str(ids.uuid7()),
    )  # fmt: skip
    case = open_case_action(
        brand="topay", channel="chat", customer=payer, actor=mine, topic=Topic.TRANSFER_FAILED,
        payment=Payment.objects.get(pk=failed.id),
    )  # fmt: skip
    page = desk.get(f"/desk/cases/{case.number}/").content.decode()
    url = f"/desk/cases/{case.number}/holds/{placed.id}/"
    assert "原因 2" in page
    assert page.count(f'hx-get="{url}"') == 2  # on the card and beside the hold
    key = desk.get(url).content.decode().split('name="key" value="')[1].split('"')[0]
    assert desk.post(url, {"key": key}).status_code == 204
    assert not open_holds(payer)


@pytest.mark.parametrize(
    ("lang", "ledger", "reason"),
    [
        ("zh-hans", "未入账；余额 ¥100.00 未变", "疑似欺诈"),
        ("en", "Not booked; balance ¥100.00 unchanged", "suspected fraud"),
    ],
)
def test_a_failed_transfer_with_what_the_ledger_holds(
    desk: Client,
    agent: StaffMember,
    customer_factory: CustomerFactory,
    lang: str,
    ledger: str,
    reason: str,
) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    people.place_freeze(payee, reason="suspected_fraud", actor=staff_actor(agent))
    failed = Payment.objects.get(id=send(payer, payee, 8_000).id)
    case = open_case_action(
        brand="topay", channel="chat", customer=payer, topic=Topic.TRANSFER_FAILED,
        actor=customer_actor(payer), payment=failed,
    )  # fmt: skip
    page = desk.get(f"/desk/cases/{case.number}/?lang={lang}", follow=True).content.decode()
    assert ledger in page
    assert reason in page
    assert "suspected_fraud" not in page
    assert ">¥80.00<" in page  # no sign: nothing moved
    assert ">+¥100.00<" in page


def test_a_payers_empty_wallet_is_not_told_in_the_recipients_case(
    desk: Client, open_case: OpenCase, customer_factory: CustomerFactory
) -> None:
    case, payer = open_case(), customer_factory()
    assert case.customer
    fund(payer, 1_000)
    send(payer, case.customer, 9_000)
    page = desk.get(f"/desk/cases/{case.number}/facts/").content.decode()
    assert ">¥90.00<" in page
    assert "余额不足" not in page
    assert "80.00" not in page
    people.place_freeze(case.customer, reason="device_lost", actor=SYSTEM("topay"))
    send(payer, case.customer, 500)
    page = desk.get(f"/desk/cases/{case.number}/facts/").content.decode()
    assert "收款人暂时无法收款" in page
