"""A remittance called back, in the pages: what the customer is promised, what staff are shown."""

import pytest
from django.http import HttpResponse

from paydesk.desk.cases import actions as cases
from paydesk.entry.web.exchange.offers import rate_words
from paydesk.kit.money import format_amount
from paydesk.money.exchange.models import Quote
from paydesk.money.exchange.rules import Side
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind
from paydesk.money.refunds.models import Recall
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.exchange.helpers import liquidity, quote, rates, remit
from tests.money.payments.helpers import available, fund

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    customer = customer_factory()
    fund(customer, 100_000)
    return customer


@pytest.fixture
def sent(
    payer: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> Payment:
    """50 dollars to somebody."""
    rates()
    liquidity(staff_factory, 1_000_000, "USD")
    offer = quote(payer, 5_000, side=Side.GET, kind=PaymentKind.REMITTANCE)
    return Payment.objects.get(id=remit(offer, customer_factory()).id)


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_from_the_payment_s_page_to_the_refund(
    payer: Customer, sent: Payment, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    wallet = client_of(payer.user)
    address = f"/topay/refunds/recall/{sent.number}/"
    assert address in text(wallet.get(f"/topay/activity/{sent.number}/"))
    form = text(wallet.get(address))
    assert "不会自动冻结" in form
    assert "手续费不退" in form
    assert wallet.post(address, {"why": "CUST", "text": "汇错了人"}).status_code == 302
    assert address not in text(wallet.get(f"/topay/activity/{sent.number}/"))
    case = cases.case_for_recall(Recall.objects.get().id, "topay")
    desk = client_of(staff_factory().user)
    dialog = f"/desk/cases/{case.number}/do/refund/"
    rate = Quote.objects.get()
    shown = text(desk.get(dialog))
    for words in (
        rate_words("CNY", "USD", rate.rate),
        "US$50.00",
        format_amount(sent.fee, "CNY"),
        "手续费不退",
    ):
        assert words in shown
    typed = {"payment": str(sent.pk), "amount": "100", "note": "", "key": str(sent.pk)}
    assert desk.post(dialog, typed).status_code == 204
    assert available(payer) == 100_000 - sent.amount - sent.fee + 10_000
    back = Payment.objects.get(kind="refund")
    assert "+¥100.00" in text(wallet.get(f"/topay/activity/{back.number}/"))
    assert back.payee_id == payer.id
    assert back.payer
    theirs = text(client_of(back.payer.user).get(f"/topay/activity/{back.number}/"))
    assert f"−{format_amount(*back.gave)}" in theirs


def test_the_second_person_sees_the_rate_and_the_fee(
    payer: Customer, sent: Payment, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    wallet = client_of(payer.user)
    wallet.post(f"/topay/refunds/recall/{sent.number}/", {"why": "CUST", "text": "汇错了人"})
    case = cases.case_for_recall(Recall.objects.get().id, "topay")
    boss = client_of(staff_factory(role="supervisor").user)
    recall = text(boss.get(f"/desk/cases/{case.number}/do/recall/"))
    assert "按原汇率退回" in recall
    typed = {"payment": str(sent.pk), "amount": f"{sent.amount / 100:.2f}", "note": ""}
    desk = client_of(staff_factory().user)
    desk.post(f"/desk/cases/{case.number}/do/refund/", typed | {"key": str(sent.pk)})
    asked = text(boss.get("/desk/approvals/"))
    assert "按原汇率退回" in asked
    assert "手续费（不退）" in asked


def test_what_staff_answered_stands_with_the_recall(
    payer: Customer, sent: Payment, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    wallet = client_of(payer.user)
    wallet.post(f"/topay/refunds/recall/{sent.number}/", {"why": "CUST", "text": "汇错了人"})
    case = cases.case_for_recall(Recall.objects.get().id, "topay")
    boss = client_of(staff_factory(role="supervisor").user)
    typed = {"decision": "refuse", "answer": "收款人不同意退回"}
    assert boss.post(f"/desk/cases/{case.number}/do/recall/", typed).status_code == 204
    assert "收款人不同意退回" in text(wallet.get("/topay/refunds/"))
