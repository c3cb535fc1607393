"""Streams over the real database: replay, hand-over, brands, access, lost connections."""

import asyncio
import random
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections, transaction

from paydesk.entry.live import guard, hub, replay, station, stream, tailer
from paydesk.entry.live.app import Live
from paydesk.entry.live.station import Station
from paydesk.entry.live.viewers import Viewer
from paydesk.kit.actors import SYSTEM
from paydesk.kit.events import actions, queries
from paydesk.kit.events.rules import Cursor, Page
from tests.entry.live.tab import Tab

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.slow]

PEOPLE = {
    "ann": Viewer(frozenset({"customer:ann"}), frozenset({"topay"}), "ann"),
    "ann-at-gopay": Viewer(frozenset({"customer:ann"}), frozenset({"gopay"}), "ann-at-gopay"),
    "bob": Viewer(frozenset({"customer:bob"}), frozenset({"topay"}), "bob"),
    "agent": Viewer(
        frozenset({"staff:1", "desk:topay", "desk:gopay"}), frozenset({"topay", "gopay"}), "agent"
    ),
    "other-agent": Viewer(
        frozenset({"staff:2", "desk:dingpay"}), frozenset({"dingpay"}), "other-agent"
    ),
}


class House:
    """The application with viewers told by a header instead of a session."""

    def __init__(self) -> None:
        self.people = dict(PEOPLE)
        self.rechecks = 0
        self.broken = False
        self.station = Station(settings.DIRECT_URL, self.recheck)
        self.app = Live(self._pages, self.station, self.find)

    async def find(self, scope: Any) -> Viewer | None:
        who = dict(scope["headers"]).get(b"who", b"").decode()
        return self.people.get(who)

    async def recheck(self, viewers: Collection[Viewer]) -> dict[str, Viewer | None]:
        self.rechecks += 1
        if self.broken:
            raise RuntimeError("the database is gone")
        return {viewer.key: self.people.get(viewer.key) for viewer in viewers}

    async def _pages(self, scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("not a stream")

    async def settled(self) -> None:
        """Wait until the tailer has seen what is committed by now."""
        end = await asyncio.to_thread(_position)
        while self.station.hub.position is None or self.station.hub.position < end:
            await asyncio.sleep(0.01)

    async def tab(self, who: str, after: str = "") -> Tab:
        tab = await Tab(self.app, after=after, headers={"who": who}).opened()
        assert tab.status == 200
        return tab


def run(script: Callable[[House], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        house = House()
        try:
            await asyncio.wait_for(script(house), 30)
        finally:
            await house.station.stop()

    asyncio.run(main())


def tell(
    *subjects: str,
    brand: str = "topay",
    audience: list[str] | None = None,
    kind: str = "case.message",
) -> None:
    """Publish one event a subject, in one transaction."""
    with transaction.atomic():
        for subject in subjects:
            actions.publish(
                brand=brand,
                kind=kind,
                subject=subject,
                audience=audience or ["customer:ann", f"desk:{brand}"],
                actor=SYSTEM(brand),
                payload={"n": 1},
            )


async def elsewhere(action: Callable[[], None]) -> None:
    """Run `action` in a thread, with a database connection of its own."""

    def work() -> None:
        try:
            action()
        finally:
            connections.close_all()

    await asyncio.to_thread(work)


async def told(*subjects: str, **where: Any) -> None:
    await elsewhere(lambda: tell(*subjects, **where))


def _position() -> Cursor:
    try:
        return queries.position()
    finally:
        connections.close_all()


def test_an_event_reaches_the_streams_of_its_audience_and_no_other() -> None:
    async def script(house: House) -> None:
        ann, bob, agent = [await house.tab(who) for who in ("ann", "bob", "agent")]
        await told("case:1", "case:2")
        await told("case:3", audience=["customer:bob"])
        await ann.until(lambda: len(ann.told()) == 2)
        await agent.until(lambda: len(agent.told()) == 2)
        await bob.until(lambda: len(bob.told()) == 1)
        await asyncio.sleep(0.1)
        assert ann.told() == agent.told() == ["case:1", "case:2"]
        assert bob.told() == ["case:3"]
        frame = ann.frames[-1]
        assert set(frame.data) == {"kind", "subject", "at", "payload"}
        assert frame.data["payload"] == {"n": 1}

    run(script)


def test_nothing_crosses_brands_live_replayed_or_signalled() -> None:
    async def script(house: House) -> None:
        everyone = {who: await house.tab(who) for who in PEOPLE}
        start = {who: tab.last_id for who, tab in everyone.items()}
        for brand in ("topay", "gopay", "dingpay"):
            audience = ["customer:ann", "staff:1", "staff:2", f"desk:{brand}"]
            await told(brand, brand=brand, audience=audience)
            await elsewhere(
                lambda brand=brand, audience=audience: actions.signal(  # type: ignore[misc]
                    audience, "case.typing", {}, brand=brand, subject=brand
                )
            )
        expected = {
            "ann": ["topay"],
            "ann-at-gopay": ["gopay"],
            "bob": [],
            "agent": ["topay", "gopay"],
            "other-agent": ["dingpay"],
        }
        await asyncio.sleep(0.3)
        for who, tab in everyone.items():
            assert tab.told() == expected[who], who
            assert tab.told("case.typing") == expected[who], who
            again = await house.tab(who, after=start[who])
            assert again.told() == expected[who], who
            await again.close()

    run(script)


def test_a_reconnecting_stream_gets_exactly_what_it_missed() -> None:
    async def script(house: House) -> None:
        tab = await house.tab("ann")
        await told("case:1")
        await tab.until(lambda: tab.told() == ["case:1"])
        await tab.close()
        assert len(house.station.hub) == 0
        await told("case:2", "case:3")
        await told("case:4")
        await house.settled()
        again = await house.tab("ann", after=tab.last_id)
        await told("case:5")
        await again.until(lambda: len(again.told()) == 4)
        assert again.told() == ["case:2", "case:3", "case:4", "case:5"]
        assert again.frames[0].event != "open", "it says open when it has caught up"

    run(script)


def test_a_cut_inside_a_transaction_goes_on_inside_it() -> None:
    async def script(house: House) -> None:
        tab = await house.tab("ann")
        await told("case:1", "case:2", "case:3")
        await tab.until(lambda: len(tab.told()) == 3)
        second = [frame.id for frame in tab.frames if frame.event == "case.message"][1]
        again = await house.tab("ann", after=second or "")
        assert again.told() == ["case:3"]

    run(script)


def test_snapshot_then_live_under_fire_misses_and_doubles_nothing() -> None:
    """Reconnect again and again while others publish, each with a random cut."""

    async def script(house: House) -> None:
        chance = random.Random(7)
        total = 150
        seen: list[str] = []

        async def write() -> None:
            for number in range(total):
                await told(f"case:{number}")
                await asyncio.sleep(chance.random() * 0.004)

        tab = await house.tab("ann")
        writing = asyncio.create_task(write())
        connects = 0
        while len(seen) < total:
            wanted = len(seen) + len(tab.told())
            with suppress(AssertionError):
                await tab.until(lambda: len(seen) + len(tab.told()) > wanted, 0.5)  # noqa: B023
            await asyncio.sleep(chance.random() * 0.01)
            await tab.close()
            seen += tab.told()
            connects += 1
            tab = await house.tab("ann", after=tab.last_id)
            assert connects < 1000
        await writing
        assert seen == [f"case:{number}" for number in range(total)]
        assert connects > 10

    run(script)


def test_an_event_behind_an_open_writer_comes_soon_after_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tailer, "LOOK_EVERY", 60.0)  # no hint comes; it must look by itself

    async def script(house: House) -> None:
        tab = await house.tab("ann")
        async with await psycopg.AsyncConnection.connect(settings.DIRECT_URL) as late:
            await late.execute("SELECT pg_current_xact_id()")
            await told("case:1")
            await asyncio.sleep(0.3)
            assert tab.told() == []
            await late.rollback()
        await tab.until(lambda: tab.told() == ["case:1"])

    run(script)


def test_it_looks_though_it_hears_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_hint", lambda: None)

    async def script(house: House) -> None:
        tab = await house.tab("ann")
        await told("case:1")
        await tab.until(lambda: tab.told() == ["case:1"], tailer.LOOK_EVERY + 1)

    run(script)


def test_a_tailer_that_lost_its_connection_misses_nothing() -> None:
    async def script(house: House) -> None:
        tab = await house.tab("ann")
        for number in range(3):
            await elsewhere(lambda: kill("paydesk live tailer"))
            await told(f"case:{number}")
        await tab.until(lambda: len(tab.told()) == 3, 8)
        assert tab.told() == ["case:0", "case:1", "case:2"]
        assert not tab.complete, "the stream itself stayed open"

    run(script)


def kill(name: str) -> None:
    with psycopg.connect(settings.DIRECT_URL, autocommit=True) as database:
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            [name],
        )


@pytest.mark.parametrize("after", ["1.5.00000000-0000-7000-8000-000000000000", "rubbish"])
def test_a_cursor_that_cannot_be_answered_for_starts_over(after: str) -> None:
    async def script(house: House) -> None:
        tab = await house.tab("ann", after=after)
        assert [frame.event for frame in tab.frames] == ["reset", "open"]
        await told("case:1")
        await tab.until(lambda: tab.told() == ["case:1"])
        again = await house.tab("ann", after=tab.last_id)
        assert [frame.event for frame in again.frames] == ["open"]

    run(script)


def test_a_first_connection_needs_no_reset() -> None:
    async def script(house: House) -> None:
        await told("case:0")
        tab = await house.tab("ann")
        assert [frame.event for frame in tab.frames] == ["open"]

    run(script)


def test_the_stream_shows_when_somebody_else_signed_in() -> None:
    async def script(house: House) -> None:
        marks = [
            (await house.tab(who)).frames[-1].data["who"]
            for who in ("ann", "ann", "bob", "ann-at-gopay")
        ]
        assert marks[0] == marks[1]
        assert len(set(marks)) == 3
        assert not any("ann" in mark for mark in marks)

    run(script)


def test_too_much_to_replay_starts_over(monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(house: House) -> None:
        tab = await house.tab("ann")
        await tab.close()
        await told(*[f"case:{number}" for number in range(30)])
        await told(*[f"bob:{number}" for number in range(30)], audience=["customer:bob"])
        await house.settled()
        assert len((await house.tab("ann", after=tab.last_id)).told()) == 30
        monkeypatch.setattr(replay, "REPLAY_MOST", 29)
        again = await house.tab("ann", after=tab.last_id)
        assert [frame.event for frame in again.frames] == ["reset", "open"]
        monkeypatch.setattr(replay, "REPLAY_MOST", 500)
        monkeypatch.setattr(replay, "LOOK_THROUGH", 40)
        again = await house.tab("ann", after=tab.last_id)
        assert [frame.event for frame in again.frames] == ["reset", "open"]

    run(script)


def test_heartbeats_carry_the_cursor_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a stream for which nothing happens doesn't look through the others' events later."""
    original = guard.keep_beating
    monkeypatch.setattr(guard, "keep_beating", lambda of: original(of, 0.01))

    async def script(house: House) -> None:
        tab = await house.tab("ann")
        at_first = tab.last_id
        await told("case:1", audience=["customer:bob"])
        await tab.until(lambda: tab.last_id != at_first)
        assert tab.frames[1:] == []

    run(script)


@pytest.fixture
def only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stream's regular turn to be checked comes in this test."""
    original = guard.keep_checking
    monkeypatch.setattr(guard, "keep_checking", lambda of, how: original(of, how, 3600))


@pytest.mark.usefixtures("only_when_told")
def test_a_revoked_viewer_is_cut_off_at_once() -> None:
    async def script(house: House) -> None:
        tab, other = await house.tab("ann"), await house.tab("bob")
        del house.people["ann"]
        await told("restriction:1", audience=["customer:ann"], kind="restriction.changed")
        await tab.until(lambda: tab.complete, 4)
        assert tab.frames[-1].event == "end"
        assert tab.frames[-1].data == {"reason": "access"}
        assert not other.complete
        assert (await Tab(house.app, headers={"who": "ann"}).opened()).status == 401

    run(script)


@pytest.mark.usefixtures("only_when_told")
def test_a_signal_that_a_session_changed_does_it_too() -> None:
    async def script(house: House) -> None:
        tab = await house.tab("ann")
        del house.people["ann"]
        await elsewhere(
            lambda: actions.signal(["customer:ann"], "session.changed", {}, brand="topay")
        )
        await tab.until(lambda: tab.complete, 4)

    run(script)


def test_access_is_checked_again_without_any_event(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hub.BEAT_SLOTS * 1.0 <= 30, "each stream's turn comes within 30 seconds"
    original = guard.keep_checking
    monkeypatch.setattr(guard, "keep_checking", lambda of, how: original(of, how, 0.01))

    async def script(house: House) -> None:
        tab, agent = await house.tab("ann"), await house.tab("agent")
        del house.people["ann"]
        house.people["agent"] = Viewer(frozenset({"desk:topay"}), frozenset({"topay"}), "agent")
        await tab.until(lambda: tab.complete)
        await agent.until(lambda: agent.complete)

    run(script)


def test_who_cannot_be_checked_may_not_look_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    original = guard.keep_checking
    monkeypatch.setattr(guard, "keep_checking", lambda of, how: original(of, how, 0.01))
    monkeypatch.setattr(guard, "CHECK_WITHIN", 0.4)

    async def script(house: House) -> None:
        tab = await house.tab("ann")
        house.broken = True
        checks = house.rechecks
        await asyncio.sleep(0.2)
        assert house.rechecks > checks
        assert not tab.complete, "one failed check is no reason"
        await tab.until(lambda: tab.complete)
        assert tab.frames[-1].data == {"reason": "unchecked"}

    run(script)


def test_a_stuck_browser_is_cut_and_catches_up_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BACKLOG_BYTES", 10_000)

    async def script(house: House) -> None:
        tab = await house.tab("ann")
        tab.blocked = asyncio.Event()
        names = [f"case:{number}" for number in range(100)]
        for name in names:
            await told(name)
        await asyncio.wait_for(tab.task, 5)
        assert len(house.station.hub) == 0
        again = await house.tab("ann", after=tab.last_id)
        await again.until(lambda: len(again.told()) == len(names))
        assert again.told() == names

    run(script)


def test_a_new_epoch_makes_open_streams_start_over() -> None:
    async def script(house: House) -> None:
        tab = await house.tab("ann")
        position = house.station.hub.position
        assert position is not None
        house.station.hub.position = type(position)(position.epoch - 1, 999999, position.id)
        await elsewhere(lambda: kill("paydesk live tailer"))
        await tab.until(lambda: tab.frames[-1].event == "reset")
        await told("case:1")
        await tab.until(lambda: tab.told() == ["case:1"])

    run(script)


def test_stopping_ends_every_stream_and_lets_none_in() -> None:
    async def script(house: House) -> None:
        tabs = [await house.tab(who) for who in ("ann", "bob", "agent")]
        house.station.end_all()
        for tab in tabs:
            await tab.until(lambda tab=tab: tab.complete)  # type: ignore[misc]
            await asyncio.wait_for(tab.task, 1)
            assert tab.frames[-1].data == {"reason": "stopping"}
        refused = await Tab(house.app, headers={"who": "ann"}).opened()
        assert refused.status == 503
        assert refused.headers["retry-after"]

    run(script)


def test_one_session_opens_so_many_streams_and_no_more() -> None:
    async def script(house: House) -> None:
        for _ in range(station.STREAMS_PER_SESSION):
            await house.tab("ann")
        assert (await Tab(house.app, headers={"who": "ann"}).opened()).status == 503
        assert (await house.tab("bob")).status == 200

    run(script)


def test_without_a_database_it_says_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(station, "READY_WITHIN", 0.2)

    async def script(house: House) -> None:
        house.station._address = "postgresql://nobody@127.0.0.1:1/nothing"
        refused = await Tab(house.app, headers={"who": "ann"}).opened()
        assert refused.status == 503

    run(script)


def test_a_part_that_fails_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(station, "AFTER_A_FAULT", 0.05)
    original = hub.Hub.deliver
    faults: list[Page] = []

    async def fail_once(self: hub.Hub, page: Page) -> None:
        if page.events and not faults:
            faults.append(page)
            raise RuntimeError("a fault of ours")
        await original(self, page)

    monkeypatch.setattr(hub.Hub, "deliver", fail_once)

    async def script(house: House) -> None:
        tab = await house.tab("ann")
        await told("case:1")
        await tab.until(lambda: tab.told() == ["case:1"])
        assert len(faults) == 1

    run(script)


def test_a_damaged_signal_harms_nobody() -> None:
    async def script(house: House) -> None:
        tab = await house.tab("ann")
        for text in ("", "[]", "{}", '{"brand": "topay"}', "null"):
            await elsewhere(lambda text=text: actions._notify("paydesk_signals", text))  # type: ignore[misc]
        await told("case:1")
        await tab.until(lambda: tab.told() == ["case:1"], 2)

    run(script)
