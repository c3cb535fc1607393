"""Confirmations: both sides, each in their language, once."""

import pytest

from paydesk.money.payments import actions
from paydesk.money.payments.models import Payment
from paydesk.notifications.models import Message
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import fund, key, send, staff_actor, top_up

pytestmark = pytest.mark.usefixtures("committed_db")


def test_both_sides_in_their_language_once(customer_factory: CustomerFactory) -> None:
    payer = customer_factory(name="陈晓雯")
    payee = customer_factory(name="Daniel Okafor", lang="en")
    fund(payer, 10_000)
    outcome = send(payer, payee, 1_234)
    assert actions.confirm([outcome.id]) == 1
    assert actions.confirm([outcome.id]) == 0
    sent = Message.objects.get(template="payments/sent")
    received = Message.objects.get(template="payments/received")
    assert (sent.to_address, received.to_address) == (payer.user.email, payee.user.email)
    assert "¥12.34" in sent.subject
    assert "陈晓雯，您好！您向 D*** O*** 转账 ¥12.34 已经完成。" in sent.text
    assert received.subject == "You received ¥12.34"
    assert "**雯" in received.text
    assert "陈晓雯" not in received.text
    assert outcome.number in sent.text
    assert outcome.number in received.text


def test_top_up_names_the_card(customer_factory: CustomerFactory) -> None:
    outcome = top_up(customer_factory())
    actions.confirm([outcome.id])
    assert "银行卡 尾号 4242" in Message.objects.get(template="payments/topup").text


def test_a_refund_is_told_to_both(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payer, payee = customer_factory(), customer_factory(lang="en")
    fund(payer, 1_000)
    original = Payment.objects.get(id=send(payer, payee, 1_000).id)
    outcome = actions.refund(
        original=original,
        amount=400,
        reason="x",
        actor=staff_actor(staff_factory()),
        key=key(),
    )
    actions.confirm([outcome.id])
    told = Message.objects.get(template="payments/refunded")
    assert (told.user_id, "汇率" in told.text) == (payer.user_id, False)
    given = Message.objects.get(template="payments/refund_given")
    assert "support has returned ¥4.00" in given.text


def test_a_failed_payment_is_not_confirmed(customer_factory: CustomerFactory) -> None:
    outcome = send(customer_factory(), customer_factory(), 5)
    assert actions.confirm([outcome.id]) == 0
    assert not Message.objects.filter(template__startswith="payments/").exists()
