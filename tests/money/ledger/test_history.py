"""Any moment of an account's past, pages from any date, and the snapshots of ended days."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.ledger import actions, queries, verify
from paydesk.money.ledger.models import Mark, Snapshot
from paydesk.money.ledger.rules import Entry
from tests.money.ledger.books import HOLD, house, item, ok, wallet

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def _past(count: int, start: datetime) -> UUID:
    """An account whose history has `count` entries from `start` on, some at the same moment."""
    pick = random.Random(count)
    with clock.travel(start):
        account, other = wallet(), house()
    moment, made = start, 0
    while made < count:
        size = min(count - made, pick.choice([1, 1, 2, 5, 90]))
        with clock.travel(moment):
            ok(
                *[item(other, account, pick.randint(1, 9)) for _ in range(size - 1)],
                item(account, other, 1, HOLD) if made > 9 else item(other, account, 5),
                at=moment,
            )
        made += size
        moment += pick.randint(1, 3) * SECOND
    return account


def _moments(entries: list[Entry]) -> list[datetime]:
    around = {e.at + n * SECOND / 2 for e in entries for n in (-1, 0, 1)}
    return sorted(around)


@pytest.mark.parametrize("count", [1, 63, 64, 65, 128, 300])
def test_the_balance_at_any_moment_is_that_of_the_last_entry_by_then(count: int) -> None:
    account = _past(count, clock.now() - timedelta(hours=2))
    entries = queries.entries(account, limit=10_000)
    assert len(entries) == count
    assert Mark.objects.filter(account_id=account).count() == count // 64
    for moment in _moments(entries):
        by_then = [(e.posted, e.held) for e in entries if e.at <= moment]
        balance = queries.balance_at(account, moment)
        assert (balance.posted, balance.held) == (by_then[0] if by_then else (0, 0))
    assert verify.verify().ok


@pytest.mark.parametrize("count", [1, 64, 300])
def test_a_page_can_start_at_any_moment(count: int) -> None:
    account = _past(count, clock.now() - timedelta(hours=2))
    everything = queries.entries(account, limit=10_000)
    for moment in _moments(everything)[::3]:
        expected = [e for e in everything if e.at < moment]
        assert queries.entries(account, until=moment, limit=20) == expected[:20]
        since = moment - 20 * SECOND
        window = [e for e in expected if e.at >= since]
        page = queries.entries(account, since=since, until=moment, limit=7)
        assert page == window[:7]
        if page:
            following = queries.entries(
                account, before=page[-1].transfer_id, since=since, until=moment, limit=5
            )
            assert following == window[7:12]
    newest, oldest = everything[0], everything[-1]
    assert queries.entries(account, before=newest.transfer_id, until=oldest.at) == []


def test_a_moment_long_ago_is_found_without_reading_what_came_after() -> None:
    start = clock.now() - timedelta(hours=3)
    account = _past(1500, start)
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF, FORMAT JSON)"
            " SELECT * FROM ledger_last_before(%s, %s)",
            [account, start + 60 * SECOND],
        )
        plan = cursor.fetchone()[0][0]["Plan"]
    # A key look-up reads about three blocks; 64 entries and the mark, and planning's own reads.
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 64 * 4 + 200
    with CaptureQueriesContext(connection) as captured:
        assert queries.balance_at(account, start + 60 * SECOND).posted > 0
    assert len(captured) == 2


def _local(brand: str, day: date, hour: int) -> datetime:
    zone = ZoneInfo(profiles.get(brand).timezone)
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)


def _moved(brand: str, account: UUID, amount: int, at: datetime) -> None:
    with clock.travel(at):
        ok(item(house(brand), account, amount), at=at)


def test_a_day_s_snapshots_show_those_that_moved_as_its_end_left_them() -> None:
    day = clock.now().date() - timedelta(days=9)
    with clock.travel(_local("topay", day, 0)):
        busy, idle = wallet(), wallet()
        source = house()
    _moved("topay", busy, 10, _local("topay", day, 1))
    _moved("topay", busy, 20, _local("topay", day, 23))
    _moved("topay", busy, 40, _local("topay", day + 2 * DAY, 0))  # the first moment of that day
    topay = profiles.get("topay")
    with pytest.raises(actions.DayNotOverError):
        actions.take_snapshots(topay, clock.now().date() + DAY)
    assert [actions.take_snapshots(topay, day + n * DAY) for n in range(4)] == [2, 0, 2, 0]
    assert [actions.take_snapshots(topay, day + n * DAY) for n in range(4)] == [0, 0, 0, 0]
    seen = [queries.snapshot(busy, day + n * DAY) for n in (-1, 0, 1, 2, 3)]
    assert [one and one.posted for one in seen] == [None, 30, 30, 70, 70]
    closing = queries.snapshot(source, day)
    assert closing is not None
    assert (closing.posted, closing.sequence) == (-30, 2)
    assert queries.snapshot(idle, day + 3 * DAY) is None
    assert queries.last_snapshot_day("topay") == day + 2 * DAY
    assert verify.verify().ok


def test_days_are_closed_from_where_the_last_run_stopped() -> None:
    today = clock.now().astimezone(ZoneInfo(profiles.get("gopay").timezone)).date()
    first = today - timedelta(days=6)
    with clock.travel(_local("gopay", first, 0)):
        account = wallet(brand="gopay")
    for n in range(4):
        _moved("gopay", account, 10, _local("gopay", first + n * DAY, 5 + n))
    with clock.travel(_local("gopay", first + DAY, 1)):
        assert actions.close_days() == 2  # the first day: the wallet, and where the money came from
        assert actions.close_days() == 0
    assert actions.close_days() == 6
    days = Snapshot.objects.filter(account_id=account).order_by("day")
    assert [(s.day, s.posted) for s in days] == [(first + n * DAY, 10 * (n + 1)) for n in range(4)]
    assert actions.close_days() == 0


def test_more_accounts_than_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_PART", 3)
    day = clock.now().date() - timedelta(days=5)
    with clock.travel(_local("dingpay", day, 1)):
        accounts = [wallet(brand="dingpay") for _ in range(7)]
        ok(*[item(house("dingpay"), account, 5) for account in accounts], at=clock.now())
    assert actions.take_snapshots(profiles.get("dingpay"), day) == 8
    taken = Snapshot.objects.filter(brand="dingpay", account_id__in=accounts)
    assert taken.count() == 7
