"""Reads the stored events as they become visible and hands them to the hub, one process's reader.

Its own connection, on which it also listens: a hint makes it look at once, and without one it
looks every second. It never writes an event and never holds a transaction open.
"""

import asyncio
import json
import logging
import random
from typing import Any

import psycopg

from paydesk.entry.live.hub import Hub
from paydesk.kit.events import queries
from paydesk.kit.events.actions import HINT_CHANNEL, SIGNAL_CHANNEL
from paydesk.kit.events.rules import LAST_ID, Cursor

PAGE = 500
LOOK_EVERY = 1.0
"""Seconds without a hint after which it looks anyway."""

PACE = 0.005
"""Seconds from one look to the next at least, so that a burst of commits is read in pages."""

HELD_BACK_FIRST, HELD_BACK_MOST = 0.004, 0.25
"""Seconds between looks while committed events lie behind a transaction that is still open."""

BACKOFF_FIRST, BACKOFF_MOST = 0.1, 5.0

LINE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""So that a database host that vanished without a word is noticed within seconds, not hours."""

log = logging.getLogger(__name__)


class Tailer:
    """Follows the events of the database at `address` for `hub`, until its task is cancelled."""

    def __init__(self, address: str, hub: Hub) -> None:
        self._address = address
        self._hub = hub

    async def run(self) -> None:
        """Follow; on a lost connection try again, more and more slowly."""
        pause = BACKOFF_FIRST
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._address, autocommit=True, application_name="paydesk live tailer", **LINE
                ) as database:
                    await self._arrive(database)
                    pause = BACKOFF_FIRST
                    await self._follow(database)
            except (psycopg.Error, OSError) as error:
                log.warning("the event tailer lost the database: %s", error)
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load
                pause = min(pause * 2, BACKOFF_MOST)

    async def _arrive(self, database: psycopg.AsyncConnection) -> None:
        await database.execute(f"LISTEN {HINT_CHANNEL}")
        await database.execute(f"LISTEN {SIGNAL_CHANNEL}")
        await database.execute("SELECT events_current_epoch()")
        row = await (await database.execute(queries.POSITION)).fetchone()
        assert row is not None
        here = Cursor(row[0], row[1] - 1, LAST_ID)
        if self._hub.position is None or self._hub.position.epoch != here.epoch:
            self._hub.start_at(here)

    async def _follow(self, database: psycopg.AsyncConnection) -> None:
        pause = HELD_BACK_FIRST
        clock = asyncio.get_running_loop().time
        while True:
            looked = clock()
            assert self._hub.position is not None
            parameters = queries.parameters(self._hub.position, PAGE)
            rows = await (await database.execute(queries.READ_AFTER, parameters)).fetchall()
            page = queries.page(rows, PAGE, self._hub.position)
            await self._hub.deliver(page)
            if page.events:
                pause = HELD_BACK_FIRST
            if not page.complete:
                continue
            if page.held_back:
                await self._listen(database, pause)
                pause = min(pause * 2, HELD_BACK_MOST)
            else:
                await self._listen(database, LOOK_EVERY)
            await asyncio.sleep(looked + PACE - clock())

    async def _listen(self, database: psycopg.AsyncConnection, seconds: float) -> None:
        """Wait for a hint; pass signals on."""
        async for note in database.notifies(timeout=seconds, stop_after=1):
            if note.channel == SIGNAL_CHANNEL:
                try:
                    await self._hub.signal(json.loads(note.payload))
                except (ValueError, KeyError, TypeError):  # anyone with the database may NOTIFY
                    log.warning("a signal could not be read")
