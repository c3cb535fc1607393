"""From asking to arriving: by rule, by one person, by two, in parts, and when it does not go."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.files.rules import FileRefused
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.merchants.models import Merchant
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.refunds import actions, queries
from paydesk.money.refunds.actions import NotAskable, NotDecidable
from paydesk.money.refunds.actions.repaying import Repayment
from paydesk.money.refunds.models import Dispute, RefundRequest
from paydesk.money.refunds.rules import Objection, Route, State, Why
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.orders.shops import fund as give
from tests.money.orders.shops import shop
from tests.money.payments.helpers import (
    approve_unfreeze,
    available,
    customer_actor,
    fund,
    key,
    send,
)
from tests.money.refunds.helpers import (
    asked,
    bought,
    by_card,
    charged,
    drain,
    follow_all,
    long_ago,
    mails,
    steps,
)

pytestmark = pytest.mark.usefixtures("committed_db")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def buyer(customer_factory: CustomerFactory) -> Customer:
    customer = customer_factory(name="陈晓雯")
    fund(customer, 100_000)
    return customer


@pytest.fixture
def seller(customer_factory: CustomerFactory) -> Merchant:
    return shop(customer_factory(name="店主"))


def refreshed(request: RefundRequest) -> RefundRequest:
    return RefundRequest.objects.get(id=request.id)


def test_small_sums_come_back_by_rule_at_once(buyer: Customer, seller: Merchant) -> None:
    payment = bought(buyer, seller, 2_500)
    request = asked(buyer, payment, 2_500)
    assert (request.state, request.verdict) == (State.ARRIVED, "small")
    assert available(buyer) == 100_000
    assert steps(request) == ["asked", "granted_by_rule", "sent", "arrived"]
    assert mails(buyer) == ["asked", "granted_by_rule", "sent", "arrived"]


def test_a_third_small_one_in_a_month_is_a_person_s(buyer: Customer, seller: Merchant) -> None:
    for _ in range(2):
        assert asked(buyer, bought(buyer, seller, 1_000), 1_000).state == State.ARRIVED
    assert asked(buyer, bought(buyer, seller, 1_000), 1_000).state == State.ASKED


def test_a_payment_made_twice_comes_back_by_rule(buyer: Customer, seller: Merchant) -> None:
    bought(buyer, seller, 30_000)
    again = bought(buyer, seller, 30_000)
    request = asked(buyer, again, 30_000, why=Why.DUPLICATE)
    assert (request.state, request.verdict) == (State.ARRIVED, "duplicate")
    assert available(buyer) == 70_000


def test_two_orders_of_the_same_price_are_no_duplicate(buyer: Customer, seller: Merchant) -> None:
    """Whoever buys a thing twice and wants one back has a reason of his own: a person's matter."""
    bought(buyer, seller, 30_000, reference="A-1")
    again = bought(buyer, seller, 30_000, reference="A-2")
    assert asked(buyer, again, 30_000, why=Why.DUPLICATE).state == State.ASKED


def test_paid_twice_counts_with_the_other_grants_of_the_month(
    buyer: Customer, seller: Merchant
) -> None:
    for n in range(2):
        bought(buyer, seller, 5_000, reference=f"A-{n}")
        again = bought(buyer, seller, 5_000, reference=f"A-{n}")
        assert asked(buyer, again, 5_000, why=Why.DUPLICATE).verdict == "duplicate"
    bought(buyer, seller, 5_000, reference="A-3")
    again = bought(buyer, seller, 5_000, reference="A-3")
    assert asked(buyer, again, 5_000, why=Why.DUPLICATE).state == State.ASKED
    assert asked(buyer, bought(buyer, seller, 1_000), 1_000).state == State.ASKED


def test_a_twin_that_went_back_is_none(buyer: Customer, seller: Merchant) -> None:
    first, again = bought(buyer, seller, 30_000), bought(buyer, seller, 30_000)
    actions.refund_purchase(original=first, amount=1, actor=SYSTEM("topay"), key=key())
    assert asked(buyer, again, 30_000, why=Why.DUPLICATE).state == State.ASKED


def test_a_twin_that_is_asked_back_is_none(buyer: Customer, seller: Merchant) -> None:
    first, again = bought(buyer, seller, 30_000), bought(buyer, seller, 30_000)
    waiting = asked(buyer, first, 30_000)
    assert waiting.state == State.ASKED
    assert asked(buyer, again, 30_000, why=Why.DUPLICATE).state == State.ASKED


def test_a_twin_that_a_bank_takes_back_is_none(buyer: Customer, seller: Merchant) -> None:
    first, again = bought(buyer, seller, 30_000), bought(buyer, seller, 30_000)
    Dispute.objects.create(
        id=ids.uuid7(), brand="topay", number="D1", provider="simulated", reference="dp_1",
        payment=first, amount=30_000, currency="CNY", state="open", opened_at=clock.now(),
    )  # fmt: skip
    assert asked(buyer, again, 30_000, why=Why.DUPLICATE).state == State.ASKED


def test_a_merchant_s_promise_is_a_rule(buyer: Customer, seller: Merchant) -> None:
    actions.set_policy(seller, days=7, most=9_000, actor=SYSTEM("topay"))
    assert asked(buyer, bought(buyer, seller, 9_000), 9_000).verdict == "merchant_policy"
    assert asked(buyer, bought(buyer, seller, 9_001), 9_001).state == State.ASKED


def test_the_same_key_asks_once_and_a_second_request_waits_for_the_first(
    buyer: Customer, seller: Merchant
) -> None:
    payment, mine = bought(buyer, seller), key()
    first = asked(buyer, payment, 8_800, key=mine)
    assert asked(buyer, payment, 8_800, key=mine).id == first.id
    with pytest.raises(NotAskable) as refused:
        asked(buyer, payment, 100)
    assert refused.value.objection is Objection.UNDER_WAY


def test_nobody_asks_for_another_s_payment(
    buyer: Customer, seller: Merchant, customer_factory: CustomerFactory
) -> None:
    payment = bought(buyer, seller)
    with pytest.raises(NotAskable) as refused:
        asked(customer_factory(), payment, 100)
    assert refused.value.objection is Objection.NOT_YOURS


def test_secrets_in_the_words_are_masked(buyer: Customer, seller: Merchant) -> None:
    request = asked(buyer, bought(buyer, seller), 8_800, text="我的密码是 hunter2secret，请退款")
    assert "hunter2secret" not in request.text


def test_evidence_until_it_is_over(
    buyer: Customer, seller: Merchant, staff_factory: StaffFactory
) -> None:
    request = asked(buyer, bought(buyer, seller), 8_800)
    for name in ("收据.png", "聊天记录.png"):
        upload = SimpleUploadedFile(name, PNG, "image/png")
        actions.add_evidence(request, upload=upload, actor=customer_actor(buyer))
    assert [one.file.name for one in queries.evidence(request)] == ["收据.png", "聊天记录.png"]
    bad = SimpleUploadedFile("run.html", b"<script>1</script>", "text/html")
    late = SimpleUploadedFile("late.png", PNG, "image/png")
    with pytest.raises(FileRefused):
        actions.add_evidence(request, upload=bad, actor=customer_actor(buyer))
    done = actions.decide(request, staff=staff_factory(), grant=0, answer="商户已证明送达")
    with pytest.raises(NotAskable):
        actions.add_evidence(done, upload=late, actor=customer_actor(buyer))


def test_an_agent_grants_a_part_and_later_the_rest(
    buyer: Customer, seller: Merchant, staff_factory: StaffFactory
) -> None:
    """Row 45: never more than was paid, however often one asks."""
    agent, payment = staff_factory(), bought(buyer, seller, 15_000)
    first = asked(buyer, payment, 15_000)
    assert actions.decide(first, staff=agent, grant=5_000).state == State.ARRIVED
    assert available(buyer) == 90_000
    with pytest.raises(NotAskable) as refused:
        asked(buyer, payment, 10_001)
    assert refused.value.objection is Objection.TOO_MUCH
    second = asked(buyer, payment, 10_000)
    assert actions.decide(second, staff=agent, grant=10_000).state == State.ARRIVED
    assert available(buyer) == 100_000
    outcome = actions.refund_purchase(
        original=Payment.objects.get(id=payment.id), amount=1, actor=SYSTEM("topay"), key=key()
    )
    assert outcome.reason is Reason.REFUND_TOO_MUCH
    assert outcome.facts == {
        "paid": 15_000,
        "refunded": 15_000,
        "rest": 0,
        "amount": 1,
        "currency": "CNY",
    }


def test_a_refusal_says_why(buyer: Customer, seller: Merchant, staff_factory: StaffFactory) -> None:
    agent, request = staff_factory(), asked(buyer, bought(buyer, seller), 8_800)
    with pytest.raises(NotDecidable):
        actions.decide(request, staff=agent, grant=0)
    done = actions.decide(request, staff=agent, grant=0, answer="物流显示已签收")
    assert (done.state, done.answer) == (State.REFUSED, "物流显示已签收")
    assert available(buyer) == 100_000 - 8_800
    assert mails(buyer)[-1] == "refused"
    with pytest.raises(NotDecidable):
        actions.decide(done, staff=agent, grant=8_800)


def test_above_the_limit_a_second_person_agrees(
    buyer: Customer, seller: Merchant, staff_factory: StaffFactory
) -> None:
    agent, boss = staff_factory(), staff_factory(role="supervisor")
    request = asked(buyer, bought(buyer, seller, 30_000), 30_000)
    waiting = actions.decide(request, staff=agent, grant=30_000, answer="已核实")
    assert waiting.state == State.APPROVAL
    assert available(buyer) == 70_000
    assert waiting.approval_id
    wish = Request.objects.get(id=waiting.approval_id)
    with pytest.raises(PermissionDenied):
        approvals.decide(wish, staff=agent, approve=True)
    approvals.decide(wish, staff=boss, approve=True)
    for _ in range(2):
        actions.carry_out_decided(request_id=str(wish.id), brand="topay")
    assert refreshed(request).state == State.ARRIVED
    assert available(buyer) == 100_000
    assert steps(request) == ["asked", "second_person", "granted", "sent", "arrived"]


def test_what_the_second_person_refuses_is_decided_again(
    buyer: Customer, seller: Merchant, staff_factory: StaffFactory
) -> None:
    agent, boss = staff_factory(), staff_factory(role="supervisor")
    request = asked(buyer, bought(buyer, seller, 30_000), 30_000)
    wish_id = actions.decide(request, staff=agent, grant=30_000).approval_id
    assert wish_id
    approvals.decide(Request.objects.get(id=wish_id), staff=boss, approve=False)
    assert refreshed(request).state == State.ASKED
    assert actions.decide(refreshed(request), staff=agent, grant=20_000).state == State.ARRIVED


def test_an_agent_of_another_brand_may_not(
    buyer: Customer, seller: Merchant, staff_factory: StaffFactory
) -> None:
    request = asked(buyer, bought(buyer, seller), 8_800)
    with pytest.raises(PermissionDenied):
        actions.decide(request, staff=staff_factory(brands=["gopay"]), grant=8_800)


def test_a_merchant_without_money_owes_it_and_pays_from_the_next_sale(
    buyer: Customer,
    seller: Merchant,
    staff_factory: StaffFactory,
    customer_factory: CustomerFactory,
) -> None:
    """Row 48."""
    payment = bought(buyer, seller, 8_800)
    drain(seller, customer_factory(), 8_800)
    request = actions.decide(asked(buyer, payment, 8_800), staff=staff_factory(), grant=8_800)
    assert request.state == State.OWED
    tried = Payment.objects.get(purpose=request.purpose)
    assert (tried.state, tried.reason) == (PaymentState.FAILED, Reason.MERCHANT_SHORT)
    assert tried.facts == {"amount": 8_800, "currency": "CNY"}
    standing = queries.standing(payment)
    assert standing
    assert standing.reason is Reason.MERCHANT_SHORT
    assert actions.retry_owed() == 0  # still nothing there: not even tried
    assert Payment.objects.filter(purpose=request.purpose).count() == 1
    give(seller, 50_000)
    assert actions.retry_owed([seller.id]) == 1
    assert refreshed(request).state == State.ARRIVED
    assert available(buyer) == 100_000
    assert steps(request)[-3:] == ["owed", "sent", "arrived"]


def test_a_refund_to_the_card_it_came_from(buyer: Customer, staff_factory: StaffFactory) -> None:
    """The hold is posted when the provider says that it gave the money back."""
    payment = by_card(buyer, amount=5_000)
    before = available(buyer)
    request = actions.decide(asked(buyer, payment, 5_000), staff=staff_factory(), grant=5_000)
    assert request.state == State.ARRIVED, steps(request)
    assert available(buyer) == before - 5_000
    assert Payment.objects.get(id=payment.id).refunded == 5_000


def test_too_late_for_the_original_way(customer_factory: CustomerFactory) -> None:
    """Row 46: over the window of the method, by the brand's profile."""
    customer, payment = long_ago(customer_factory, 181)
    wish = Repayment(payment, 5_000, Route.ORIGINAL, SYSTEM("topay"), key())
    outcome = actions.repay(wish)
    assert outcome.reason is Reason.REFUND_TOO_LATE
    assert payment.booked_at
    assert outcome.facts == {"days": 180, "paid_at": payment.booked_at.isoformat()}
    assert available(customer) == 5_000


def test_a_top_up_decided_too_late_stays_in_the_wallet(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    customer, payment = long_ago(customer_factory, 181)
    with clock.travel(clock.now() - timedelta(days=10)):
        request = asked(customer, payment, 5_000)
    done = actions.decide(request, staff=staff_factory(), grant=5_000)
    assert (done.state, done.granted) == (State.REFUSED, None)
    assert steps(done)[-1] == "stays_in_wallet"
    assert mails(customer)[-1] == "stays_in_wallet"


def test_a_top_up_whose_card_is_gone_stays_in_the_wallet_and_ends(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    """Row 47. The held money is free again."""
    customer = customer_factory()
    payment = by_card(customer, "4747")
    request = actions.decide(asked(customer, payment, 5_000), staff=staff_factory(), grant=5_000)
    assert (request.state, steps(request)[-1]) == (State.REFUSED, "stays_in_wallet")
    tried = Payment.objects.get(purpose=request.purpose)
    assert tried.reason == Reason.REFUND_ROUTE_GONE
    assert tried.facts["code"] == "expired_or_canceled_card"
    assert available(customer) == 5_000
    with pytest.raises(NotAskable):  # it came out of the wallet: there is nothing to put there
        actions.choose_wallet(request, actor=customer_actor(customer))
    follow_all()
    assert steps(request).count("stays_in_wallet") == 1
    assert queries.open_of(customer.id) == []
    assert asked(customer, payment, 5_000).state == State.ASKED  # nothing is under way


def test_a_purchase_whose_card_is_gone_asks_for_another_way(
    buyer: Customer, seller: Merchant, staff_factory: StaffFactory
) -> None:
    """Row 47."""
    payment = charged(bought(buyer, seller, 5_000), "4747")
    request = actions.decide(asked(buyer, payment, 5_000), staff=staff_factory(), grant=5_000)
    assert (request.state, steps(request)[-1]) == (State.NEEDS_ROUTE, "route_closed")
    assert mails(buyer)[-1] == "route_closed"
    done = actions.choose_wallet(request, actor=customer_actor(buyer))
    assert (done.state, available(buyer)) == (State.ARRIVED, 100_000)


def test_a_silent_provider_is_asked_until_it_is_known(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    customer = customer_factory()
    payment = by_card(customer, "4748")
    request = actions.decide(asked(customer, payment, 5_000), staff=staff_factory(), grant=5_000)
    assert request.state == State.SENDING
    assert available(customer) == 0
    tried = Payment.objects.get(purpose=request.purpose)
    assert tried.state == PaymentState.UNKNOWN
    assert queries.paid(payment, None).rest == 0  # what is on its way can't be asked for again
    assert actions.carry_out(request.id).state == State.SENDING  # nor is it sent twice
    assert Payment.objects.filter(purpose=request.purpose).count() == 1


def test_a_refund_that_comes_back_goes_into_the_wallet(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    customer = customer_factory()
    payment = by_card(customer, "4751")
    request = actions.decide(asked(customer, payment, 5_000), staff=staff_factory(), grant=5_000)
    assert (request.state, available(customer)) == (State.ARRIVED, 0)
    attempt = Payment.objects.get(purpose=request.purpose).attempts.get()
    for _ in range(2):
        actions.returned(attempt_id=str(attempt.id), code="expired_or_canceled_card")
    assert available(customer) == 5_000
    assert steps(request)[-1] == "returned"


def test_a_transfer_comes_back_from_whoever_got_it(
    buyer: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    other = customer_factory()
    payment = Payment.objects.get(id=send(buyer, other, 5_000).id)
    request = asked(buyer, payment, 5_000, why=Why.WRONG_RECIPIENT)
    assert request.state == State.ASKED  # never by a rule, however small
    send(other, customer_factory(), 4_000)
    tried = actions.decide(request, staff=staff_factory(), grant=5_000)
    assert tried.state == State.ASKED
    assert steps(tried)[-1] == "failed"
    assert actions.decide(tried, staff=staff_factory(), grant=1_000).state == State.ARRIVED


def test_withdrawn_is_over_and_following_again_changes_nothing(
    buyer: Customer, seller: Merchant, staff_factory: StaffFactory
) -> None:
    payment = bought(buyer, seller)
    request = actions.withdraw(asked(buyer, payment, 8_800), actor=customer_actor(buyer))
    assert request.state == State.WITHDRAWN
    second = actions.decide(asked(buyer, payment, 8_800), staff=staff_factory(), grant=8_800)
    before = steps(second)
    follow_all()
    assert steps(second) == before
    assert Payment.objects.filter(kind=PaymentKind.REFUND).count() == 1


def test_too_old_to_ask(customer_factory: CustomerFactory) -> None:
    customer, payment = long_ago(customer_factory, 181)
    with pytest.raises(NotAskable) as refused:
        asked(customer, payment, 100)
    assert refused.value.objection is Objection.TOO_OLD


def test_a_yes_is_used_up_by_the_try_that_failed(
    buyer: Customer, seller: Merchant, staff_factory: StaffFactory
) -> None:
    """What one person grants later is not recorded under the second person's yes to another sum."""
    agent, boss = staff_factory(), staff_factory(role="supervisor")
    payment = bought(buyer, seller, 60_000)
    waits = actions.decide(asked(buyer, payment, 60_000), staff=agent, grant=60_000)
    people.place_freeze(buyer, reason="stolen", actor=SYSTEM("topay"))
    approval = Request.objects.get(id=waits.approval_id)
    approvals.decide(approval, staff=boss, approve=True)
    actions.carry_out_decided(request_id=str(approval.id), brand="topay")
    failed = refreshed(waits)
    assert (failed.state, failed.granted, failed.approval_id) == (State.ASKED, None, None)
    approve_unfreeze(buyer)
    done = actions.decide(failed, staff=agent, grant=10_000)
    assert (done.state, done.granted, done.approval_id) == (State.ARRIVED, 10_000, None)
    refund = Payment.objects.filter(kind="refund").order_by("-created_at").first()
    assert refund
    assert (refund.state, refund.approval_id) == ("succeeded", None)
