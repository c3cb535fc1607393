"""A month's statement: proved by the ledger, the same for ever, and never of an open month."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import Entry
from paydesk.money.payments import accounts, actions
from paydesk.money.payments.models import Payment
from paydesk.money.refunds import actions as refunds
from paydesk.money.refunds.rules import RecallWhy
from paydesk.money.statements import month
from paydesk.money.statements.documents import statement
from paydesk.money.statements.models import MonthClosed
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.exchange.helpers import remitted
from tests.money.payments.helpers import customer_actor, fund, key, send

pytestmark = pytest.mark.usefixtures("committed_db")
ZONE = ZoneInfo("Asia/Shanghai")
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[arg-type, misc]


@pytest.fixture
def lived(customer_factory: CustomerFactory) -> Customer:
    """A customer with two entries in May, three in June (one at its very first moment), one in
    July; the clock stays in July."""
    with clock.travel(local(2026, 5, 20, 9)):
        me, other = customer_factory(), customer_factory()
        fund(me, 100_00)
        clock.advance(timedelta(minutes=5))
        send(me, other, 10_00)
    with clock.travel(local(2026, 6, 1)):
        send(me, other, 20_00)
    with clock.travel(local(2026, 6, 30, 23, 59, 58)):
        fund(me, 5_00)
        clock.advance(timedelta(seconds=1))
        send(me, other, 1_00)
    with clock.travel(local(2026, 7, 1)):
        send(me, other, 2_00)
    return me


def test_the_month_adds_up_and_ends_at_midnight_of_the_brand(lived: Customer) -> None:
    with clock.travel(local(2026, 7, 2)):
        june = month.close(lived, "CNY", JUNE)
        may = month.close(lived, "CNY", MAY)
    assert (may.opening, may.credited, may.debited, may.closing) == (0, 100_00, 10_00, 90_00)
    assert (june.opening, june.credited, june.debited, june.closing) == (90_00, 5_00, 21_00, 74_00)
    assert [entry.amount for entry in june.entries] == [-20_00, 5_00, -1_00]


def test_the_same_hash_for_ever(lived: Customer) -> None:
    with clock.travel(local(2026, 7, 2)):
        first = month.close(lived, "CNY", JUNE)
        again = month.close(lived, "CNY", JUNE)
    assert first.sha256 == again.sha256
    assert MonthClosed.objects.get().sha256 == first.sha256


def test_another_hash_is_an_alarm(lived: Customer) -> None:
    with clock.travel(local(2026, 7, 2)):
        month.close(lived, "CNY", JUNE)
        MonthClosed.objects.update(sha256="0" * 64)
        with pytest.raises(month.MonthDoesNotAddUp):
            month.close(lived, "CNY", JUNE)


@pytest.mark.parametrize("harm", [{"amount": 1}, {"posted": 1}, {"sequence": 1}])
def test_entries_that_do_not_lead_on_are_refused(
    lived: Customer, monkeypatch: pytest.MonkeyPatch, harm: dict[str, int]
) -> None:
    real = ledger.entries

    def bent(*args: object, **kwargs: object) -> list[object]:
        page: list[Entry] = real(*args, **kwargs)  # type: ignore[arg-type]  # named values
        if len(page) < 3:
            return [*page]
        middle = page[2]  # the newest is of July, this one lies in the midst of June
        changes = {name: getattr(middle, name) + by for name, by in harm.items()}
        return [*page[:2], middle._replace(**changes), *page[3:]]

    monkeypatch.setattr(ledger, "entries", bent)
    with clock.travel(local(2026, 8, 2)), pytest.raises(month.MonthDoesNotAddUp):
        month.prove(lived, "CNY", JUNE)


def test_no_statement_of_an_open_month_or_no_wallet(lived: Customer) -> None:
    with clock.travel(local(2026, 6, 30, 23, 59, 59)), pytest.raises(month.NoSuchMonth):
        month.prove(lived, "CNY", JUNE)
    with clock.travel(local(2026, 8, 2)):
        for currency, first in (("USD", JUNE), ("CNY", date(2026, 6, 2))):
            with pytest.raises(month.NoSuchMonth):
                month.prove(lived, currency, first)


def test_a_quiet_month_is_proved_too(lived: Customer) -> None:
    with clock.travel(local(2026, 12, 2)):
        august = month.prove(lived, "CNY", date(2026, 8, 1))
    assert (august.opening, august.closing, list(august.entries)) == (72_00, 72_00, [])


def test_rows_name_payment_and_other_side(lived: Customer) -> None:
    with clock.travel(local(2026, 7, 2)):
        june = month.close(lived, "CNY", JUNE)
        rows = list(statement.table(june, lived, "zh", framed=True).rows)
    assert rows[0][5] == 90_00
    assert rows[-1][5] == 74_00
    assert june.sha256 in str(rows[-1][3])
    sent = rows[1]
    assert sent[2] == "转账"
    assert "*" in str(sent[3])  # the other side stays masked
    assert sent[7]
    assert accounts.wallet(lived, "CNY") == june.account


def numbers(customer: Customer, currency: str) -> list[tuple[object, object]]:
    """Amount and payment number of each line of June."""
    june = month.prove(customer, currency, JUNE)
    lines = statement.table(june, customer, "zh", framed=False).rows
    return [(line[4], line[7]) for line in lines]


def test_each_leg_of_a_remittance_and_its_fee_name_their_payment(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    """What it brought, what went back of it at once, and what was held before it went back."""
    with clock.travel(local(2026, 6, 10, 9)):
        payer, payee = customer_factory(), customer_factory()
        sent = remitted(payer, payee, 5_000, staff_factory)
        topped_up = Payment.objects.get(payee=payer, kind="topup")
        first = actions.refund(
            original=sent, amount=10_000, reason="x", actor=SYSTEM("topay"), key=key()
        )
        clock.advance(timedelta(seconds=1))
        row = refunds.recall(
            customer=payer,
            payment=sent,
            why=RecallWhy.FRAUD,
            text="冒充房东",
            actor=customer_actor(payer),
        )
    with clock.travel(local(2026, 6, 12, 9)):
        refunds.decide_recall(row, staff=staff_factory(role="supervisor"), give_back=True)
    held = Payment.objects.get(purpose=row.purpose)
    back = Payment.objects.get(id=first.id)
    assert held.received_amount
    with clock.travel(local(2026, 7, 2)):
        assert numbers(payee, "USD") == [
            (5_000, sent.number),
            (-(5_000 - held.received_amount), back.number),
            (-held.received_amount, held.number),
        ]
        assert numbers(payer, "CNY") == [
            (100_000, topped_up.number),
            (-sent.amount, sent.number),
            (-sent.fee, sent.number),
            (10_000, back.number),
            (sent.amount - 10_000, held.number),
        ]
