"""The worker's connection to its jobs: it polls, and looks at once when a hint comes.

The hint is the one that follows a commit with events in it; jobs have none of their own.
A lost listening connection costs only speed: it is made again while polling goes on.
"""

import asyncio
import json
import logging
from collections.abc import Iterable

import psycopg
from procrastinate.connector import Notify
from procrastinate.psycopg_connector import PsycopgConnector

BACKOFF = 1.0
NEW_JOB = json.dumps({"type": "job_inserted", "job_id": 0})

log = logging.getLogger(__name__)


class HintedConnector(PsycopgConnector):
    """procrastinate's connector, listening to our channel at an address of its own."""

    def __init__(self, conninfo: str, *, listen_at: str, hint_channel: str, size: int) -> None:
        super().__init__(conninfo=conninfo, min_size=1, max_size=size)
        self._listen_at = listen_at
        self._hint_channel = hint_channel

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Wake the worker on each hint, for ever. The worker's own channels stay silent."""
        while True:
            try:
                await self._listen(on_notification)
            except (psycopg.Error, OSError) as error:
                log.warning("the worker lost its hints and polls meanwhile: %s", error)
                await asyncio.sleep(BACKOFF)

    async def _listen(self, on_notification: Notify) -> None:
        async with await psycopg.AsyncConnection.connect(
            self._listen_at, autocommit=True, application_name="paydesk worker hints"
        ) as connection:
            await connection.execute(f"LISTEN {self._hint_channel}")
            async for _hint in connection.notifies():
                await on_notification(channel=self._hint_channel, payload=NEW_JOB)
