"""A provider's day against our book: matched, told apart, explained, and clearing back at zero."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.audit.models import Entry
from paydesk.brands.profile import Brand
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.payments.actions import settle
from paydesk.money.payments.models import Attempt
from paydesk.money.payments.providers.protocol import Answer, Said
from paydesk.money.payments.providers.simulated import daybook
from paydesk.money.payments.providers.simulated.daybook import Mischief
from paydesk.money.reconciliation import actions, queries
from paydesk.money.reconciliation.actions import AlreadyExplained, FileKnown
from paydesk.money.reconciliation.models import Difference, SettlementFile
from paydesk.money.reconciliation.rules import Way
from paydesk.people.models import StaffMember
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import top_up

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def charges(customer_factory: CustomerFactory) -> list[Attempt]:
    """Three top-ups of today: 100.00, 200.00, 300.00."""
    payer = customer_factory()
    made = [top_up(payer, amount) for amount in (10_000, 20_000, 30_000)]
    return [Attempt.objects.get(payment_id=one.id) for one in made]


@pytest.fixture
def today(brand: Brand) -> date:
    return clock.now().astimezone(brand.zone).date()


@pytest.fixture
def boss(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor")


def written(**mischief: Any) -> bytes:
    now = clock.now()
    return daybook.write(
        "topay", now - timedelta(days=1), now + timedelta(minutes=1), Mischief(**mischief)
    )


def taken(day: date, raw: bytes, provider: str = "simulated") -> SettlementFile:
    made = actions.take_in(
        brand="topay", provider=provider, day=day, name="day.csv", raw=raw, actor=SYSTEM("topay")
    )
    actions.read(made.id)
    made.refresh_from_db()
    return made


def causes() -> list[tuple[str, int, str]]:
    rows = Difference.objects.order_by("cause")
    return [(one.cause, one.amount, one.state) for one in rows]


def balance(code: AccountCode, owner: UUID | None = None) -> int:
    account = ledger.account_for("topay", "CNY", code, owner)
    return ledger.balance(account).posted if account else 0


def owed() -> int:
    return sum(
        amount for provider, _, amount in queries.clearing("topay") if provider == "simulated"
    )


def test_a_right_file_leaves_nothing(charges: list[Attempt], today: date) -> None:
    assert owed() == 60_000
    file = taken(today, written())
    assert (file.state, file.lines, causes()) == ("read", 3, [])
    assert file.totals == {"CNY": {"gross": 60_000, "fee": 360}}
    assert owed() == 0
    assert balance(AccountCode.BANK) == -(60_000 - 360)
    assert balance(AccountCode.FEES) == -360
    [day] = queries.days("topay", today, today)
    assert (day.expected, day.settled, day.fee, day.unexplained) == (60_000, 60_000, 360, 0)
    assert day.proven
    assert queries.unexplained("topay") == {}
    actions.read(file.id)  # again: nothing twice
    assert owed() == 0


def test_every_kind_of_difference_is_told(charges: list[Attempt], today: date) -> None:
    one, two, three = (charge.id for charge in charges)
    stranger = f"sim_x,{ids.uuid7()},charge,700,4,CNY,{clock.now().isoformat()}\n".encode()
    raw = written(leave_out={one}, double={two}, alter=((three, 5),)) + stranger
    taken(today, raw)
    assert causes() == [
        ("amount", 5, "open"),
        ("double", 20_000, "open"),
        ("missing_here", 700, "open"),
        ("missing_there", -10_000, "open"),
    ]
    # What clearing still holds is exactly what nobody has explained.
    assert -owed() == sum(amount for _, amount, _ in causes())
    assert queries.unexplained("topay") == {"CNY": 5 + 20_000 + 700 + 10_000}


def test_a_fee_that_was_not_agreed(charges: list[Attempt], today: date) -> None:
    raw = written().replace(b",20000,120,", b",20000,620,")
    taken(today, raw)
    assert causes() == [("fee", -500, "open")]
    assert owed() == 0  # it was booked as the fee it was


def test_settled_a_day_late(charges: list[Attempt], today: date) -> None:
    left_out = charges[0].id
    taken(today, written(leave_out={left_out}))
    assert causes() == [("missing_there", -10_000, "open")]
    [header, *lines] = written().splitlines()
    only = b"\n".join([header, *(line for line in lines if str(left_out).encode() in line)])
    taken(today + timedelta(days=1), only)
    assert causes() == [("late", 0, "explained"), ("late", 0, "explained")]
    assert owed() == 0


def test_settled_before_we_booked_it(customer_factory: CustomerFactory, today: date) -> None:
    """Row 19's other half: the provider's file is ahead of its notification."""
    outcome = top_up(customer_factory(), 5_000, token="sim_card_0923")
    attempt = Attempt.objects.get(payment_id=outcome.id)
    line = f"sim_x,{attempt.id},charge,5000,30,CNY,{clock.now().isoformat()}\n"
    raw = b"number,reference,about,amount,fee,currency,at\n" + line.encode()
    taken(today, raw)
    assert causes() == [("not_booked", 5_000, "open")]
    attempt = Attempt.objects.select_related("payment__payee").get(id=attempt.id)
    settle.settle(attempt, Answer(Said.PAID, 5_000, "CNY"), SYSTEM("topay"))
    assert actions.recheck("topay") == 1
    assert causes() == [("late", 0, "explained")]
    assert owed() == 0


def test_the_same_file_is_known(charges: list[Attempt], today: date) -> None:
    raw = written()
    first = taken(today, raw)
    with pytest.raises(FileKnown) as known:
        taken(today, raw)
    assert known.value.file == first.id


@pytest.mark.parametrize(
    ("change", "trouble", "line"),
    [
        (lambda raw: raw.replace(b",20000,", b",2e4,"), "amount", 3),
        (lambda raw: raw.replace(b"sim_", b"=cmd|x!A0,", 1), "columns", 2),
        (lambda raw: raw.replace(b"sim_", b"=1+1", 1), "formula", 2),
        (lambda raw: raw.replace(b"CNY", b"XAU", 1), "currency", 1),
        (lambda raw: raw.replace(b"number", b"nummer"), "header", 0),
        (lambda raw: raw + b"\xff\xfe\x00\x01", "encoding", 0),
        (lambda raw: b"PK\x03\x04" + raw, "header", 0),
    ],
)
def test_a_file_that_can_t_be_read_says_why(
    charges: list[Attempt],
    today: date,
    change: Callable[[bytes], bytes],
    trouble: str,
    line: int,
) -> None:
    file = taken(today, change(written()))
    assert (file.state, file.trouble, file.trouble_line) == ("refused", trouble, line)
    assert owed() == 60_000
    taken(today, written())  # the right one is taken afterwards
    assert owed() == 0


def test_a_small_difference_is_explained_at_once(
    charges: list[Attempt], today: date, boss: StaffMember
) -> None:
    taken(today, written(alter=((charges[0].id, 5),)))
    found = Difference.objects.get()
    actions.explain(found, way=Way.WRITE_OFF, note="四舍五入", staff=boss)
    found.refresh_from_db()
    assert (found.state, found.note) == ("explained", "四舍五入")
    assert owed() == 0
    assert balance(AccountCode.LOSSES) == 5
    assert Entry.objects.filter(action="reconciliation.explained").count() == 1
    with pytest.raises(AlreadyExplained):
        actions.explain(found, way=Way.FEE, note="again", staff=boss)


def test_a_large_one_waits_for_a_second_person(
    charges: list[Attempt], today: date, boss: StaffMember, staff_factory: StaffFactory
) -> None:
    taken(today, written(leave_out={charges[2].id}))
    found = Difference.objects.get()
    actions.explain(found, way=Way.WRITE_OFF, note="渠道漏结算", staff=boss)
    found.refresh_from_db()
    assert (found.state, owed()) == ("asked", 30_000)
    asked = Request.objects.get()
    approvals.decide(asked, staff=staff_factory(role="supervisor"), approve=True)
    found.refresh_from_db()
    assert (found.state, owed(), balance(AccountCode.LOSSES)) == ("explained", 0, -30_000)
    assert queries.unexplained("topay") == {}


def test_a_refused_explanation_opens_it_again(
    charges: list[Attempt], today: date, boss: StaffMember, staff_factory: StaffFactory
) -> None:
    taken(today, written(leave_out={charges[2].id}))
    found = Difference.objects.get()
    actions.explain(found, way=Way.WRITE_OFF, note="x", staff=boss)
    approvals.decide(Request.objects.get(), staff=staff_factory(role="supervisor"), approve=False)
    found.refresh_from_db()
    assert (found.state, found.way, owed()) == ("open", "", 30_000)


def test_an_agent_may_not(charges: list[Attempt], today: date, staff_factory: StaffFactory) -> None:
    taken(today, written(leave_out={charges[0].id}))
    with pytest.raises(PermissionDenied):
        actions.explain(
            Difference.objects.get(), way=Way.SETTLED, note="x", staff=staff_factory(role="agent")
        )


def test_yesterdays_files_are_fetched_once(brand: Brand, customer_factory: CustomerFactory) -> None:
    payer = customer_factory()
    top_up(payer, 10_000)
    tomorrow = clock.now().astimezone(brand.zone).replace(hour=3, minute=5) + timedelta(days=1)
    with clock.travel(tomorrow):
        assert actions.fetch_due() >= 1
        before = SettlementFile.objects.count()
        assert actions.fetch_due() == 0
    assert SettlementFile.objects.count() == before
    file = SettlementFile.objects.get(brand="topay", day=clock.now().astimezone(brand.zone).date())
    actions.read(file.id)
    assert owed() == 0
