"""The reconciliation page ends payouts and refunds of which another amount was told."""

from datetime import timedelta

import pytest
from django.test import Client

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.audit.models import Entry
from paydesk.entry.cli.errands import run_waiting_jobs
from paydesk.kit import clock
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.providers.protocol import About, Said
from paydesk.money.reconciliation.actions import ending
from paydesk.money.refunds import actions as refunds
from paydesk.people.models import Customer, StaffMember
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.payments.helpers import available
from tests.money.payments.test_differing import tell
from tests.money.refunds.helpers import asked, by_card

pytestmark = pytest.mark.usefixtures("committed_db")
PAGE = "/desk/operations/reconciliation/"
SENT = {"ending": "sent", "note": "回单 8812"}
GIVEN_BACK = {"ending": "given_back", "note": "回单 8812"}


@pytest.fixture
def boss(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor")


@pytest.fixture
def page(boss: StaffMember, client_of: ClientOf) -> Client:
    return client_of(boss.user)


@pytest.fixture
def buyer(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(clock.now() - timedelta(hours=2)):
        return customer_factory()


def differing_refund(buyer: Customer, staff: StaffMember, amount: int) -> Payment:
    """A refund to the card, on its way, of which the provider tells ten fen less."""
    with clock.travel(clock.now() - timedelta(hours=1)):
        request = refunds.decide(
            asked(buyer, by_card(buyer, "4749", amount=amount), amount), staff=staff, grant=amount
        )
        refund = Payment.objects.get(purpose=request.purpose)
        tell(Attempt.objects.get(payment=refund), Said.PAID, amount - 10, About.REFUND)
    return refund


def state(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.state


@pytest.mark.parametrize(
    ("given", "became", "said"),
    [(SENT, "succeeded", "已记为付出。"), (GIVEN_BACK, "failed", "已解除冻结，款项退回。")],
)
def test_one_person_ends_it_within_the_limit(
    page: Client,
    boss: StaffMember,
    buyer: Customer,
    given: dict[str, str],
    became: str,
    said: str,
) -> None:
    refund = differing_refund(buyer, boss, 10_000)
    shown = page.get(PAGE).content.decode()
    for word in ("付出的金额不同", refund.number, "¥100.00", "¥99.90", "没有付出，解除冻结"):
        assert word in shown
    assert "Another amount paid out" in page.get(f"{PAGE}?lang=en", follow=True).content.decode()
    page.get(f"{PAGE}?lang=zh-hans", follow=True)
    address = f"{PAGE}endings/{refund.id}"
    page.post(address, given | {"note": " "})
    page.post(address, given | {"ending": "forgotten"})
    assert state(refund) == "processing"
    answer = page.post(address, given, follow=True).content.decode()
    assert said in answer
    assert "付出的金额不同" not in answer
    assert state(refund) == became
    assert available(buyer) == (0 if became == "succeeded" else 10_000)
    line = Entry.objects.get(action=f"money.decide_{became}", subject=f"payment:{refund.id}")
    assert line.actor == f"staff:{boss.id}"
    assert "这笔付款已经处理过。" in page.post(address, given, follow=True).content.decode()


@pytest.mark.parametrize("given", [SENT, GIVEN_BACK])
def test_above_the_limit_a_second_person_agrees(
    page: Client,
    boss: StaffMember,
    buyer: Customer,
    staff_factory: StaffFactory,
    client_of: ClientOf,
    given: dict[str, str],
) -> None:
    refund = large_refund(buyer, boss, staff_factory)
    page.post(f"{PAGE}endings/{refund.id}", given)
    assert state(refund) == "processing"
    assert "等待另一位同事审批" in page.get(PAGE).content.decode()
    wish = Request.objects.get(state="pending")
    page.post(f"/desk/approvals/{wish.id}/", {"decision": "approve"})  # one's own wish
    assert (Request.objects.get(id=wish.id).state, state(refund)) == ("pending", "processing")
    second = client_of(staff_factory(role="supervisor").user)
    shown = second.get("/desk/approvals/").content.decode()
    for word in ("结束付出金额不同的款项", "回单 8812", refund.number, "¥999.90"):
        assert word in shown
    second.post(f"/desk/approvals/{wish.id}/", {"decision": "approve"})
    run_waiting_jobs()
    ending.carry_out(wish.id)  # once more: nothing happens
    assert state(refund) == ("succeeded" if given is SENT else "failed")
    assert available(buyer) == (0 if given is SENT else 100_000)


def test_a_second_person_s_no_leaves_it_waiting(
    page: Client,
    boss: StaffMember,
    buyer: Customer,
    staff_factory: StaffFactory,
    client_of: ClientOf,
) -> None:
    refund = large_refund(buyer, boss, staff_factory)
    page.post(f"{PAGE}endings/{refund.id}", SENT)
    wish = Request.objects.get(state="pending")
    second = client_of(staff_factory(role="supervisor").user)
    second.post(f"/desk/approvals/{wish.id}/", {"decision": "refuse"})
    run_waiting_jobs()
    assert state(refund) == "processing"
    assert f"{PAGE}endings/{refund.id}" in page.get(PAGE).content.decode()


def test_who_may_not(
    buyer: Customer, boss: StaffMember, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    refund = differing_refund(buyer, boss, 10_000)
    address = f"{PAGE}endings/{refund.id}"
    for staff in (staff_factory(role="agent"), staff_factory(role="supervisor", brands=["gopay"])):
        assert client_of(staff.user).post(address, SENT).status_code == 404
    assert Client().post(address, SENT).status_code == 302
    assert client_of(boss.user).get(address).status_code == 405
    assert state(refund) == "processing"


def large_refund(buyer: Customer, staff: StaffMember, make: StaffFactory) -> Payment:
    """One of ¥1000.00, to which a second person agreed already as a refund."""
    with clock.travel(clock.now() - timedelta(hours=1)):
        request = asked(buyer, by_card(buyer, "4749", amount=100_000), 100_000)
        refunds.decide(request, staff=staff, grant=100_000)
        wish = Request.objects.get(state="pending")
        approvals.decide(wish, staff=make(role="supervisor"), approve=True)
        refunds.carry_out_decided(request_id=str(wish.id), brand="topay")
        refund = Payment.objects.get(purpose=request.purpose)
        tell(Attempt.objects.get(payment=refund), Said.PAID, 99_990, About.REFUND)
    return refund
