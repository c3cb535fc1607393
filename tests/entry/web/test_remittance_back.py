"""A remittance called back, in the pages: what the customer is promised, what staff are shown."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from paydesk.brands import profiles
from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.rules import Topic
from paydesk.entry.web.exchange.offers import rate_words
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.kit.money import format_amount
from paydesk.money.exchange.models import Quote
from paydesk.money.exchange.rules import Side
from paydesk.money.payments import actions as payments
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind
from paydesk.money.refunds.models import Recall, RefundRequest
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.exchange.helpers import liquidity, quote, rates, remit
from tests.money.payments.helpers import available, customer_actor, fund, key

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
    asking = f"/topay/refunds/ask/{sent.number}/"
    assert asking in text(wallet.get(f"/topay/activity/{sent.number}/"))
    assert address in text(wallet.get(asking))
    form = text(wallet.get(address))
    assert "冻结收款人钱包里剩下的这笔钱" in form
    assert "手续费不退" in form
    assert wallet.post(address, {"why": "CUST", "text": "汇错了人"}).status_code == 302
    assert address not in text(wallet.get(asking))
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


def test_asked_for_with_evidence_and_followed_to_the_wallet(
    payer: Customer, sent: Payment, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    wallet = client_of(payer.user)
    asking = f"/topay/refunds/ask/{sent.number}/"
    form = text(wallet.get(asking))
    for words in ("US$50.00", "按原汇率", "手续费不退"):
        assert words in form
    typed = {"key": str(sent.pk), "amount": "100", "why": "wrong_recipient", "text": "汇错了人"}
    address = wallet.post(asking, typed)["Location"]
    shown = SimpleUploadedFile("聊天.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")
    assert wallet.post(f"{address}files/", {"files": shown}).status_code == 302
    assert wallet.get(asking)["Location"] == address
    request = RefundRequest.objects.get()
    case = cases.case_for_request(request.id, "topay")
    desk = client_of(staff_factory().user)
    dialog = f"/desk/cases/{case.number}/do/refund-request/"
    facts = text(desk.get(dialog))
    rate = rate_words("CNY", "USD", Decimal(sent.details["rate"]))
    for words in ("聊天.png", "付错了人", "US$50.00", rate, "手续费（不退）"):
        assert words in facts
    typed = {"decision": "grant", "amount": "100", "answer": "", "key": str(sent.pk)}
    assert desk.post(dialog, typed).status_code == 204
    assert available(payer) == 100_000 - sent.amount - sent.fee + 10_000
    followed = text(wallet.get(address))
    for words in ("审核通过", "¥100.00 已到账", "聊天.png"):
        assert words in followed


def test_of_a_fraud_staff_see_what_is_held_in_both_currencies(
    payer: Customer, sent: Payment, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    wallet = client_of(payer.user)
    wallet.post(f"/topay/refunds/recall/{sent.number}/", {"why": "FRAD", "text": "冒充房东"})
    both = f"{format_amount(sent.amount, 'CNY')} · US$50.00"
    case = cases.case_for_recall(Recall.objects.get().id, "topay")
    boss = client_of(staff_factory(role="supervisor").user)
    dialog = f"/desk/cases/{case.number}/do/recall/"
    assert both in text(boss.get(dialog))
    assert "已冻结" in text(wallet.get("/topay/refunds/"))
    assert boss.post(dialog, {"decision": "grant", "answer": "已核实"}).status_code == 204
    assert available(payer) == 100_000 - sent.fee


def test_too_old_a_remittance_has_no_refund_at_the_desk(
    payer: Customer, sent: Payment, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    wallet, agent = client_of(payer.user), staff_factory()
    wallet.post(f"/topay/refunds/recall/{sent.number}/", {"why": "CUST", "text": "汇错了人"})
    case = cases.case_for_recall(Recall.objects.get().id, "topay")
    days = profiles.get("topay").refunds.ask_days
    with clock.travel(clock.now() + timedelta(days=days + 1)):
        page = text(client_of(agent.user).get(f"/desk/cases/{case.number}/do/refund/"))
    assert "已超过可以退款的期限" in page


def test_staff_see_what_left_and_reached_the_customer_of_the_case(
    payer: Customer, sent: Payment, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    assert sent.payee
    done = payments.refund(
        original=sent, amount=10_000, reason="x", actor=SYSTEM("topay"), key=key()
    )
    back = Payment.objects.get(id=done.id)
    desk = client_of(staff_factory().user)
    for customer, out, came in (
        (payer, sent, back),
        (sent.payee, back, sent),
    ):
        case = cases.open_case(
            brand="topay",
            channel="chat",
            customer=customer,
            topic=Topic.OTHER,
            actor=customer_actor(customer),
        )
        page = text(desk.get(f"/desk/cases/{case.number}/facts/"))
        assert f">−{format_amount(*out.gave)}<" in page
        assert f">+{format_amount(*came.got)}<" in page
        assert (">−¥100.00<" in page, ">+¥100.00<" in page) == (False, customer == payer)


def test_of_several_remittances_each_names_its_own_rate(
    payer: Customer, sent: Payment, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    fund(payer, 100_000)
    second = quote(payer, 3_000, side=Side.GET, kind=PaymentKind.REMITTANCE)
    other = Payment.objects.get(id=remit(second, sent.payee).id)  # type: ignore[arg-type]  # set
    case = cases.open_case(
        brand="topay",
        channel="chat",
        customer=payer,
        topic=Topic.OTHER,
        actor=customer_actor(payer),
    )
    page = text(client_of(staff_factory().user).get(f"/desk/cases/{case.number}/do/refund/"))
    options = dict(re.findall(r'<option value="([^"]+)"[^>]*>([^<]*)<', page))
    for payment in (sent, other):
        rate = Decimal(payment.details["rate"])
        words = rate_words("CNY", payment.received_currency, rate)
        assert words in options[str(payment.pk)]
        assert format_amount(*payment.got) in options[str(payment.pk)]
    assert "按原汇率退回" not in page


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
