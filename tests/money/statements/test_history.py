"""History: what is in it for whom, how it narrows, and that paging neither skips nor repeats."""

from datetime import timedelta
from uuid import UUID

import pytest

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import access, actions
from paydesk.money.payments import queries as payments
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.statements.queries import HistoryPage, history
from paydesk.money.statements.rules import BadCursor, Filters
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.exchange.helpers import remitted
from tests.money.payments.helpers import fund, key, send, top_up

pytestmark = pytest.mark.usefixtures("committed_db")


def ids_of(page: HistoryPage) -> list[UUID]:
    return [payment.id for payment in page.payments]


def find(customer: Customer, **more: object) -> list[UUID]:
    return ids_of(history(customer, Filters(**more)))  # type: ignore[arg-type]  # named values


def test_each_sees_their_own_side(customer_factory: CustomerFactory) -> None:
    payer, payee, stranger = customer_factory(), customer_factory(), customer_factory()
    failed = send(payer, payee, 100).id
    topup = top_up(payer, 1_000).id
    paid = send(payer, payee, 200).id
    assert find(payer) == [paid, topup, failed]
    assert find(payee) == [paid]  # a failed try is not the payee's business
    assert find(stranger) == []
    assert [one.id for one in payments.concerning(payee)] == [paid, failed]


def test_a_failed_refund_is_seen_by_staff_only(customer_factory: CustomerFactory) -> None:
    payer, payee, third = customer_factory(), customer_factory(), customer_factory()
    fund(payer, 500)
    original = Payment.objects.get(id=send(payer, payee, 500).id)
    send(payee, third, 500)
    refused = actions.refund(
        original=original, amount=100, reason="x", actor=SYSTEM("topay"), key=key()
    ).id
    assert refused not in find(payer)
    assert refused not in find(payee)
    assert refused in [one.id for one in payments.concerning(payee)]


def test_narrowed_by_kind_state_currency(customer_factory: CustomerFactory) -> None:
    a, b = customer_factory(brand="tpwallet"), customer_factory(brand="tpwallet")
    cny, usd = top_up(a, 1_000).id, top_up(a, 1_000, currency="USD").id
    sent, failed = send(a, b, 100).id, send(a, b, 5_000).id
    assert find(a, kinds=frozenset({PaymentKind.TRANSFER})) == [failed, sent]
    assert find(a, states=frozenset({PaymentState.FAILED})) == [failed]
    assert find(a, currency="USD") == [usd]
    both = find(a, kinds=frozenset({PaymentKind.TOPUP}), currency="CNY")
    assert both == [cny]


def test_days_are_the_brands(customer_factory: CustomerFactory) -> None:
    zone = profiles.get("topay").zone
    midnight = (
        (clock.now() - timedelta(days=3))
        .astimezone(zone)
        .replace(hour=0, minute=0, second=0, microsecond=0)
    )
    with clock.travel(midnight - timedelta(seconds=1)):
        customer = customer_factory()
        before = top_up(customer).id
    with clock.travel(midnight):
        first = top_up(customer).id
    with clock.travel(midnight + timedelta(hours=23, minutes=59)):
        last = top_up(customer).id
    with clock.travel(midnight + timedelta(days=1)):
        after = top_up(customer).id
    day = midnight.date()
    assert find(customer, first_day=day, last_day=day) == [last, first]
    assert find(customer, first_day=day) == [after, last, first]
    assert find(customer, last_day=day) == [last, first, before]


def test_counterparty_as_far_as_it_is_shown(customer_factory: CustomerFactory) -> None:
    payer = customer_factory()
    wen = customer_factory(name="陈晓雯")
    dan = customer_factory(name="Daniel Okafor")
    fund(payer, 1_000)
    to_wen = send(payer, wen.number, 100, note="午饭").id
    to_dan = send(payer, dan.user.email, 200).id
    for text in (wen.number, wen.user.email, wen.user.phone, "雯", "午饭"):
        assert find(payer, counterparty=text) == [to_wen], text
    assert find(payer, counterparty=dan.user.email) == [to_dan]
    assert find(payer, counterparty="d") == [to_dan]
    # What masking hides can't be found out by searching for it.
    for text in ("陈", "晓雯", "陈晓雯", "Dan", "Okafor", "k"):
        assert find(payer, counterparty=text) == [], text
    number = Payment.objects.get(id=to_dan).number
    assert find(payer, counterparty=number) == [to_dan]


@pytest.mark.parametrize(
    ("name", "shown", "hidden"),
    [
        ("张三（北京）", "京", "张三北（）"),
        ("李强★", "强", "李★"),
        ("王）", "", "王）"),
        ("José Pérez", "jpP", "éoz"),
        ("李B", "B", "李"),
        ("A李三", "三", "A李"),
    ],
)
def test_a_name_is_found_by_what_its_mask_shows(
    customer_factory: CustomerFactory, name: str, shown: str, hidden: str
) -> None:
    payer, payee = customer_factory(), customer_factory(name=name)
    fund(payer, 1_000)
    sent = [send(payer, payee, 100).id]
    for char in shown:
        assert find(payer, counterparty=char) == sent, char
    for char in hidden + ".*\\[^":
        assert find(payer, counterparty=char) == [], char


def test_narrowed_by_what_the_reader_got_or_gave(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payer, payee = customer_factory(), customer_factory()
    original = remitted(payer, payee, 1_000, staff_factory)
    refund = actions.refund(
        original=original, amount=original.amount, reason="x", actor=SYSTEM("topay"), key=key()
    ).id
    both, most = [refund, original.id], original.amount
    kinds = frozenset({PaymentKind.REMITTANCE, PaymentKind.REFUND})
    for reader, currency, amount in ((payer, "CNY", most), (payee, "USD", 1_000)):
        other = "USD" if currency == "CNY" else "CNY"
        assert find(reader, kinds=kinds, currency=currency) == both
        assert find(reader, kinds=kinds, currency=other) == []
        assert find(reader, kinds=kinds, least=amount, most=amount) == both
        assert find(reader, kinds=kinds, least=amount + 1) == []
        assert find(reader, kinds=kinds, most=amount - 1) == []


def test_paging_neither_skips_nor_repeats(customer_factory: CustomerFactory) -> None:
    at = clock.now() - timedelta(hours=1)
    with clock.travel(at):
        payer, payee = customer_factory(), customer_factory()
        fund(payer, 10_000)
        for n in range(11):  # several at the very same moment
            if n % 3 == 0:
                clock.advance(timedelta(seconds=1))
            send(payer, payee, 10 + n)
    whole = find(payer)
    seen: list[UUID] = []
    after = ""
    while True:
        page = history(payer, Filters(), after=after, limit=5)
        assert len(page.payments) <= 5
        seen += ids_of(page)
        if page.after is None:
            break
        after = page.after
        with clock.travel(at + timedelta(minutes=1)):
            send(payer, payee, 1_000 + len(seen))  # comes on top: pages below do not move
    assert seen == whole
    assert len(seen) == 12


@pytest.mark.parametrize("after", ["x", "2026-01-01T00:00:00_y", "2026-01-01_", "_"])
def test_a_wrong_place(customer_factory: CustomerFactory, after: str) -> None:
    with pytest.raises(BadCursor):
        history(customer_factory(), Filters(), after=after)


def test_a_payment_by_its_number(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    twin = customer_factory(brand="gopay")
    failed = send(payer, payee, 100)
    assert access.payment_of(payer, failed.number).id == failed.id
    for other in (payee, twin):
        with pytest.raises(access.PaymentNotFound):
            access.payment_of(other, failed.number)
