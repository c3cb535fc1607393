"""What the ledger says beside a finding: booked or not, with the balance, from one side only."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from paydesk.desk.diagnosis import proof, queries
from paydesk.desk.diagnosis.shapes import Booked, NotBooked
from paydesk.kit.actors import SYSTEM
from paydesk.money.exchange.rules import Side
from paydesk.money.orders.actions import paying
from paydesk.money.orders.models import Order
from paydesk.money.payments import actions as payments
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.exchange.helpers import liquidity, quote, rates, remit
from tests.money.orders.shops import reserve, shop, take
from tests.money.payments.helpers import fund, key, send, top_up

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_db")]


def ledger(payment: Payment, owner: Customer, lang: str = "zh-hans") -> dict[str, str]:
    return dict(queries.ledger_says(payment, owner=owner.pk, lang=lang))


def test_a_refused_transfer_left_the_balance_alone(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    failed = Payment.objects.get(id=send(payer, payee, 15_000).id)
    fund(payer, 5_000)  # what comes later is not what stood then
    assert proof.prove(failed, payer.pk) == NotBooked("CNY", 10_000)
    assert ledger(failed, payer) == {"账本": "未入账；余额 ¥100.00 未变"}
    assert ledger(failed, payer, "en") == {"Ledger": "Not booked; balance ¥100.00 unchanged"}


def test_a_failed_top_up_booked_nothing(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    failed = Payment.objects.get(id=top_up(customer, 10_000, token="sim_card_0051").id)
    assert "未入账" in ledger(failed, customer)["账本"]
    assert "¥100.00" not in ledger(failed, customer)["账本"]


def test_each_side_of_a_transfer_is_told_its_own_balance(
    customer_factory: CustomerFactory,
) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    fund(payee, 2_000)
    paid = Payment.objects.get(id=send(payer, payee, 8_000).id)
    fund(payer, 1_000)
    out, came = proof.prove(paid, payer.pk), proof.prove(paid, payee.pk)
    assert isinstance(out, Booked)
    assert isinstance(came, Booked)
    assert (out.moved, out.balance, out.sequence) == (-8_000, 2_000, 2)
    assert (came.moved, came.balance, came.sequence) == (8_000, 10_000, 2)
    assert out.transfer == came.transfer == paid.pk
    assert ledger(paid, payer)["账本"] == "已支出 ¥80.00；之后余额 ¥20.00"
    assert ledger(paid, payee, "en")["Ledger"] == "¥80.00 came in; balance after it ¥100.00"
    assert str(paid.pk) in ledger(paid, payer)["账本分录"]
    with timezone.override(ZoneInfo("Pacific/Kiritimati")):  # the reader's, not the brand's
        at = f"{timezone.localtime(out.at):%Y-%m-%d %H:%M:%S}"
        assert at in ledger(paid, payer)["账本分录"]
    assert at not in ledger(paid, payer)["账本分录"]


def test_what_is_reserved_is_booked_when_it_is_taken(customer_factory: CustomerFactory) -> None:
    tea, payer = shop(customer_factory()), customer_factory()
    fund(payer, 50_000)
    taken, freed = reserve(tea, payer), reserve(tea, payer, 5_000)
    assert proof.prove(taken, payer.pk) == NotBooked("CNY", 50_000)
    out = proof.prove(take(taken), payer.pk)
    assert isinstance(out, Booked)
    assert (out.moved, out.balance) == (-7_000, 43_000)
    assert out.transfer != taken.pk
    one = Order.objects.select_related("merchant", "payment").get(payment=freed)
    paying.void(one, actor=SYSTEM("topay"))
    freed.refresh_from_db()
    assert proof.prove(freed, payer.pk) == NotBooked("CNY", 43_000)


def test_a_stranger_learns_no_balance(customer_factory: CustomerFactory) -> None:
    payer, payee, stranger = (customer_factory() for _ in range(3))
    fund(payer, 10_000)
    paid = Payment.objects.get(id=send(payer, payee, 8_000).id)
    with pytest.raises(ValueError, match="neither"):
        queries.ledger_says(paid, owner=stranger.pk, lang="en")


def test_each_side_of_a_remittance_and_of_its_refund_is_told_its_own_currency(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 100_000)
    fund(payee, 2_000)
    rates()
    liquidity(staff_factory, 100_000, "USD")
    offer = quote(payer, 1_000, side=Side.GET, kind=PaymentKind.REMITTANCE)
    sent = Payment.objects.get(id=remit(offer, payee).id)
    assert ledger(sent, payee)["账本"] == "已入账 US$10.00；之后余额 US$10.00"
    out = proof.prove(sent, payer.pk)
    assert isinstance(out, Booked)
    assert (out.moved, out.currency, out.transfer) == (-sent.amount, "CNY", sent.pk)
    outcome = payments.refund(
        original=sent, amount=sent.amount, reason="x", actor=SYSTEM("topay"), key=key()
    )
    back = Payment.objects.get(id=outcome.id)
    given, came = proof.prove(back, payee.pk), proof.prove(back, payer.pk)
    assert isinstance(given, Booked)
    assert isinstance(came, Booked)
    assert (given.moved, given.currency, given.balance) == (-1_000, "USD", 0)
    assert (came.moved, came.currency) == (sent.amount, "CNY")
    sent.refresh_from_db()
    again = payments.refund(original=sent, amount=1, reason="x", actor=SYSTEM("topay"), key=key())
    assert proof.prove(Payment.objects.get(id=again.id), payer.pk) == NotBooked(
        "CNY", 100_000 - sent.fee
    )
