"""The refund pages: one's own only, evidence for those who may see it, staff of the brand only."""

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from paydesk.desk.cases import actions as cases
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.exchange.models import Funding
from paydesk.money.payments.models import Payment
from paydesk.money.refunds import actions, jobs
from paydesk.money.refunds.models import RefundRequest
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.orders.shops import shop
from tests.money.payments.helpers import approve_unfreeze, available, customer_actor, fund, send
from tests.money.refunds.helpers import asked, bought, by_card, told

pytestmark = pytest.mark.usefixtures("committed_db")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def buyer(customer_factory: CustomerFactory) -> Customer:
    customer = customer_factory()
    fund(customer, 100_000)
    return customer


@pytest.fixture
def request_(buyer: Customer, customer_factory: CustomerFactory) -> RefundRequest:
    made = asked(buyer, bought(buyer, shop(customer_factory()), 8_800), 8_800)
    upload = SimpleUploadedFile("收据.png", PNG, "image/png")
    actions.add_evidence(made, upload=upload, actor=customer_actor(buyer))
    return made


def test_what_a_merchant_promises_is_set_by_who_manages_it(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    seller = shop(customer_factory())
    boss = client_of(staff_factory(role="supervisor").user)
    page = "/desk/refunds/policies/"
    address = f"{page}{seller.number}/"
    assert client_of(staff_factory().user).get(page).status_code == 404
    stranger = client_of(staff_factory(role="supervisor", brands=["gopay"]).user)
    assert stranger.post(address, {"days": "7"}).status_code == 404
    assert "没有承诺。" in boss.get(page).content.decode()
    for wrong in ({"days": "0"}, {"days": "7", "most": "1.005"}, {"days": ""}):
        assert boss.post(address, wrong).status_code == 422
    assert boss.post(address, {"days": "7", "most": "90"}).status_code == 302
    assert "付款后 7 天内，每笔不超过 ¥90.00。" in boss.get(page).content.decode()
    assert boss.post(address, {"days": "14", "most": ""}).status_code == 302
    assert "付款后 14 天内，不限金额。" in boss.get(page).content.decode()
    assert boss.get(address).status_code == 302
    assert page in boss.get("/desk/refunds/").content.decode()


def test_asking_without_scripts_is_asked_once(
    buyer: Customer, customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    payment = bought(buyer, shop(customer_factory()), 8_800)
    client, address = client_of(buyer.user), f"/topay/refunds/ask/{payment.number}/"
    typed = {"key": "made-with-the-page", "amount": "88", "why": "cancelled", "text": "已取消"}
    first = client.post(address, typed)
    made = RefundRequest.objects.get()
    assert first.headers["Location"] == f"/topay/refunds/{made.number}/"
    assert client.get(address).headers["Location"] == f"/topay/refunds/{made.number}/"
    assert RefundRequest.objects.count() == 1


def test_no_reason_is_chosen_for_the_customer(
    buyer: Customer, customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    payment = bought(buyer, shop(customer_factory()), 8_800)
    client, address = client_of(buyer.user), f"/topay/refunds/ask/{payment.number}/"
    reasons = client.get(address).content.decode().partition('name="why"')[2].partition("</sel")[0]
    assert [one for one in reasons.split("<option")[1:] if "selected" in one] == [
        ' value="" selected>请选择</option>\n\n  '
    ]
    answer = client.post(address, {"key": "made-with-the-page", "amount": "88", "text": "坏了"})
    assert answer.status_code == 422
    assert "请选择退款原因。" in answer.content.decode()
    assert not RefundRequest.objects.exists()


def test_a_recall_is_called_a_fraud_only_by_the_customer(
    buyer: Customer, customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    payment = Payment.objects.get(id=send(buyer, customer_factory(), 8_000).id)
    client, address = client_of(buyer.user), f"/topay/refunds/recall/{payment.number}/"
    assert " checked" not in client.get(address).content.decode()
    answer = client.post(address, {"text": "转错了"})
    assert answer.status_code == 422
    assert "请选择发生了什么。" in answer.content.decode()
    ask = client.get(f"/topay/refunds/ask/{payment.number}/").content.decode()
    said = re.search(r'href="([^"]+why=FRAD)"', ask)  # "I was deceived" has answered it
    assert said
    assert 'value="FRAD" ' in client.get(said[1]).content.decode().partition(" checked")[0][-80:]


def test_more_than_was_paid_is_said_at_the_field(
    buyer: Customer, customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    payment = bought(buyer, shop(customer_factory()), 8_800)
    typed = {"key": "made-with-the-page", "amount": "88.01", "why": "other", "text": ""}
    answer = client_of(buyer.user).post(f"/topay/refunds/ask/{payment.number}/", typed)
    assert answer.status_code == 422
    assert "超过了还能退的金额" in answer.content.decode()


def test_nobody_else_sees_it(
    request_: RefundRequest, customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    stranger, file = client_of(customer_factory().user), request_.evidence.get().file_id
    for path in ("", f"files/{file}/"):
        assert stranger.get(f"/topay/refunds/{request_.number}/{path}").status_code == 404
    for path in ("files/", "wallet/", "withdraw/"):
        assert stranger.post(f"/topay/refunds/{request_.number}/{path}").status_code == 404
    own = client_of(request_.customer.user)
    assert own.get(f"/topay/refunds/{request_.number}/files/{file}/").status_code == 200


def test_evidence_is_for_the_case_s_staff(
    request_: RefundRequest,
    customer_factory: CustomerFactory,
    staff_factory: StaffFactory,
    client_of: ClientOf,
) -> None:
    case = cases.case_for_request(request_.id, "topay")
    file = request_.evidence.get().file_id
    address = f"/desk/refunds/cases/{case.number}/files/{request_.id}/{file}/"
    assert client_of(staff_factory().user).get(address).status_code == 200
    assert client_of(staff_factory(brands=["gopay"]).user).get(address).status_code == 404
    other = customer_factory()
    fund(other, 10_000)
    theirs = cases.case_for_request(asked(other, by_card(other), 5_000).id, "topay")
    address = f"/desk/refunds/cases/{theirs.number}/files/{request_.id}/{file}/"
    assert client_of(staff_factory().user).get(address).status_code == 404


def test_a_request_has_one_case(request_: RefundRequest) -> None:
    first = cases.case_for_request(request_.id, "topay")
    assert cases.case_for_request(request_.id, "topay").pk == first.pk
    assert first.entries.filter(data__code="refund_asked").count() == 1


def test_the_desk_lists_its_own_brands_only(
    request_: RefundRequest, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    mine = client_of(staff_factory().user).get("/desk/refunds/").content.decode()
    assert request_.number in mine
    other = client_of(staff_factory(brands=["gopay"]).user)
    assert request_.number not in other.get("/desk/refunds/").content.decode()
    assert other.post(f"/desk/refunds/{request_.id}/case/").status_code == 404


def test_a_refusal_needs_its_reason_in_the_dialog(
    request_: RefundRequest, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    case = cases.case_for_request(request_.id, "topay")
    client = client_of(staff_factory().user)
    address = f"/desk/cases/{case.number}/do/refund-request/"
    assert "收据.png" in client.get(address).content.decode()
    typed = {"decision": "refuse", "amount": "88", "answer": ""}
    key = "01a207dd-77b7-73f6-901d-0837941fb5c6"
    answer = client.post(address, typed | {"key": key})
    assert "请写明" in answer.content.decode()
    done = client.post(address, typed | {"key": key, "answer": "物流显示已签收"})
    assert done.status_code == 204
    assert RefundRequest.objects.get().state == "refused"


def test_a_top_up_that_stays_in_the_wallet_is_said_to_both(
    buyer: Customer, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    made = asked(buyer, by_card(buyer, "4747"), 5_000)
    case = cases.case_for_request(made.id, "topay")
    typed = {"decision": "grant", "amount": "50", "answer": "已核实"}
    client, key = client_of(staff_factory().user), "01a207dd-77b7-73f6-901d-0837941fb5c6"
    done = client.post(f"/desk/cases/{case.number}/do/refund-request/", typed | {"key": key})
    assert "钱留在客户的钱包里" in json.loads(done["HX-Trigger"])["desk:done"]["said"]
    page = client_of(buyer.user).get(f"/topay/refunds/{made.number}/").content.decode()
    assert "钱还在您的钱包里" in page
    assert f"/{made.number}/wallet/" not in page


def test_an_agent_does_not_decide_a_recall(
    buyer: Customer,
    customer_factory: CustomerFactory,
    staff_factory: StaffFactory,
    client_of: ClientOf,
) -> None:
    thief = customer_factory()
    from_wallet = client_of(buyer.user)
    token = {"key": "made-with-the-page", "recipient": thief.number, "amount": "80"}
    from_wallet.post("/topay/transfer/", token | {"currency": "CNY", "step": "send"})
    payment = Payment.objects.get(payer=buyer, kind="transfer")
    said = {"why": "FRAD", "text": "冒充客服"}
    assert from_wallet.post(f"/topay/refunds/recall/{payment.number}/", said).status_code == 302
    assert available(thief) == 0
    row = payment.recall
    case = cases.case_for_recall(row.id, "topay")
    address = f"/desk/cases/{case.number}/do/recall/"
    typed = {"decision": "grant", "answer": "已核实"}
    assert "没有这项权限" in client_of(staff_factory().user).post(address, typed).content.decode()
    boss = client_of(staff_factory(role="supervisor").user)
    assert boss.post(address, typed).status_code == 204
    assert available(buyer) == 100_000


def test_a_dispute_is_the_brand_s(
    buyer: Customer, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    payment = by_card(buyer)
    row = actions.told(
        brand="topay",
        attempt_id=str(payment.attempts.get().id),
        payment_id=str(payment.id),
        dispute={
            "id": "dp_1",
            "state": "open",
            "reason": "fraudulent",
            "amount": 5_000,
            "currency": "CNY",
            "due_at": (clock.now() + timedelta(days=7)).isoformat(),
        },
    )
    address = f"/desk/refunds/disputes/{row.number}/"
    assert client_of(staff_factory().user).get(address).status_code == 200
    assert client_of(staff_factory(brands=["gopay"]).user).get(address).status_code == 404


def test_a_lost_dispute_of_a_frozen_wallet_is_listed_until_it_is_settled(
    buyer: Customer,
    customer_factory: CustomerFactory,
    staff_factory: StaffFactory,
    client_of: ClientOf,
) -> None:
    owner = customer_factory()
    payment = by_card(owner)
    send(owner, buyer, 1_000)
    told(payment, "open")
    people.place_freeze(owner, reason="fraud", actor=SYSTEM("topay"))
    row = told(payment, "lost")
    desk = client_of(staff_factory().user)
    address = f"/desk/refunds/disputes/{row.number}/"
    assert "已败诉，款项待收回" in desk.get("/desk/refunds/").content.decode()
    page = desk.get(address).content.decode()
    assert '<dt>已冻结</dt><dd class="num">¥40.00</dd>' in page
    approve_unfreeze(owner)
    jobs.sweep(0)
    assert row.number not in desk.get("/desk/refunds/").content.decode()
    page = desk.get(address).content.decode()
    assert '<dt>已从收款方收回</dt><dd class="num">¥40.00</dd>' in page
    assert '<dt>平台承担</dt><dd class="num">¥10.00</dd>' in page


def test_the_treasury_is_for_supervisors(staff_factory: StaffFactory, client_of: ClientOf) -> None:
    address = "/desk/refunds/treasury/"
    assert client_of(staff_factory().user).get(address).status_code == 404
    boss = client_of(staff_factory(role="supervisor").user)
    typed = {"where": "topay:USD", "amount": "1,000", "note": "月中补充"}
    assert boss.post(address, typed).status_code == 302
    assert Funding.objects.get().amount == 100_000
    assert "已有待审批的申请" in boss.post(address, typed).content.decode()
    assert boss.post(address, typed | {"where": "gopay:USD"}).status_code == 200
    assert Funding.objects.count() == 1
