"""The reconciliation page: what no wallet can take is recorded as paid back by bank, by two people;
a disputed charge is said to be one."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from paydesk.approvals.models import Request
from paydesk.entry.cli.errands import run_waiting_jobs
from paydesk.kit import clock, ids
from paydesk.money.payments.models import Payment
from paydesk.money.reconciliation.models import Difference
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.payments.helpers import available, top_up
from tests.money.payments.test_reconcile import differing
from tests.money.reconciliation.paid_back import close, in_currency, too_late
from tests.money.refunds.helpers import told

pytestmark = pytest.mark.usefixtures("committed_db")
PAGE = "/desk/operations/reconciliation/"
SAID = {"day": "2026-11-20", "reference": "CMB 8812", "note": "汇到客户尾号 1234 的账户"}
FORM, CREDITS = "登记付还，由第二人审批", "按实收入账"


@pytest.fixture
def page(staff_factory: StaffFactory, client_of: ClientOf) -> Client:
    return client_of(staff_factory(role="supervisor", name="刘洋").user)


@pytest.fixture
def second(staff_factory: StaffFactory, client_of: ClientOf) -> Client:
    return client_of(staff_factory(role="supervisor", name="孙丽").user)


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(clock.now() - timedelta(hours=2)):
        return customer_factory(name="陈晓雯")


def shown(page: Client, lang: str = "zh-hans") -> str:
    return page.get(f"{PAGE}?lang={lang}", follow=True).content.decode()


def recorded(page: Client, payment: Payment, **changed: str) -> str:
    address = f"{PAGE}paid-back/{payment.id}"
    return page.post(address, SAID | changed, follow=True).content.decode()


def agreed_by(second: Client) -> UUID:
    """The second person sees what it is about, and agrees."""
    asked = Request.objects.get(state="pending")
    cards = second.get("/desk/approvals/").content.decode()
    for word in ("登记由银行付还的款项", "陈晓雯", SAID["day"], SAID["reference"], SAID["note"]):
        assert word in cards
    second.post(f"/desk/approvals/{asked.id}/", {"decision": "approve"})
    run_waiting_jobs()
    return asked.id


def test_owed_to_a_closed_account(page: Client, second: Client, chen: Customer) -> None:
    payment = too_late(chen)
    assert FORM in shown(page)
    assert "已提交，等待另一位同事审批。" in recorded(page, payment)
    assert FORM not in shown(page)
    agreed_by(second)
    ended = shown(page)
    assert "欠已注销客户的钱" not in ended
    for word in (
        "已由银行付还",
        payment.number,
        "CMB 8812",
        SAID["note"],
        "刘洋",
        "孙丽",
        "¥100.00",
    ):
        assert word in ended
    assert "Paid back by bank" in shown(page, "en")
    assert "there is nothing to pay back" in recorded(page, payment)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"day": ""}, "请填写银行付款的日期。"),
        ({"day": "2999-01-01"}, "日期还没有到。"),
        ({"reference": " "}, "请填写银行流水号。"),
        ({"note": ""}, "请写下依据。"),
    ],
)
def test_nothing_is_asked_for_without_all_of_it(
    page: Client, chen: Customer, changed: dict[str, str], said: str
) -> None:
    assert said in recorded(page, too_late(chen), **changed)
    assert not Request.objects.exists()


def test_the_uncredited_money_of_a_closed_account(
    page: Client, second: Client, chen: Customer
) -> None:
    """No form credits it any more; what the provider's file says of it is explained by this."""
    payment = differing(chen)
    close(chen)
    Difference.objects.create(
        id=ids.uuid7(),
        brand="topay",
        provider="simulated",
        day=clock.now().date(),
        cause="not_booked",
        attempt=payment.attempts.get(),
        amount=9_990,
        currency="CNY",
        state="open",
    )
    said = shown(page)
    assert (FORM in said, CREDITS in said, "客户的账户已经注销" in said) == (True, False, True)
    page.post(f"{PAGE}credits/{payment.id}", {"note": "回执 8812"})
    assert not Request.objects.exists()
    recorded(page, payment)
    agreed_by(second)
    assert "收到但没有入账" not in shown(page)
    found = Difference.objects.get()
    assert (found.state, found.way) == ("explained", "paid_back")


def test_another_currency_is_credited_by_two_or_paid_back(
    page: Client, chen: Customer, customer_factory: CustomerFactory
) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        wang = customer_factory(name="王芳")
    for customer, amount, currency in ((chen, 1_400, "USD"), (wang, 1_300, "EUR")):
        payment = Payment.objects.get(id=top_up(customer, token="sim_card_0921").id)
        in_currency(payment, amount, currency)
    said = shown(page)
    for word in (
        "币种不同",
        "US$14.00",
        "€13.00",
        "提交，由第二人审批",
        FORM,
        "没有这个币种的钱包",
    ):
        assert word in said
    assert CREDITS not in said
    assert "This brand has no wallets in this currency." in shown(page, "en")


@pytest.mark.parametrize("state", ["open", "lost"])
def test_a_disputed_charge_is_said_to_be_one(page: Client, chen: Customer, state: str) -> None:
    payment = differing(chen)
    row = told(payment, state, amount=9_990)
    said = shown(page)
    assert "付款人的银行对这笔扣款有争议" in said
    assert f'/disputes/{row.number}/"' in said
    assert (CREDITS in said) is (state == "lost")
    page.post(f"{PAGE}credits/{payment.id}", {"note": "回执 8812"})
    assert Payment.objects.filter(purpose__startswith="reconcile:").exists() is (state == "lost")
    assert available(chen) == 0


@pytest.mark.parametrize("state", ["open", "lost"])
def test_a_disputed_charge_is_not_paid_back(page: Client, chen: Customer, state: str) -> None:
    payment = too_late(chen)
    told(payment, state)
    said = shown(page)
    assert ("有争议" in said, FORM in said) == (True, False)
    assert "这笔扣款有争议，没有办理。" in recorded(page, payment)
    assert not Request.objects.exists()


def test_whose_money_came_back_by_bank_reads_so(
    page: Client, second: Client, chen: Customer, client_of: ClientOf
) -> None:
    payment = Payment.objects.get(id=top_up(chen, token="sim_card_0921").id)
    in_currency(payment, 1_300, "EUR")
    recorded(page, payment)
    by = Payment.objects.get(approval_id=agreed_by(second))
    wallet = client_of(chen.user)
    assert "实收已由银行付还" in wallet.get(f"/topay/activity/{payment.number}/").content.decode()
    for path in ("/topay/", "/topay/activity/", f"/topay/activity/{by.number}/"):
        assert "€13.00" in wallet.get(path).content.decode()
    assert available(chen) == 0


def test_another_brand_s_supervisor_records_nothing(
    chen: Customer, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    payment = too_late(chen)
    other = client_of(staff_factory(role="supervisor", brands=["gopay"]).user)
    assert other.post(f"{PAGE}paid-back/{payment.id}", SAID).status_code == 404
    agent = client_of(staff_factory(role="agent").user)
    assert agent.post(f"{PAGE}paid-back/{payment.id}", SAID).status_code == 404
