"""What arrives together is one piece of work, also after the database was away."""

import asyncio
from collections.abc import Sequence

import pytest
from django.db import OperationalError, connection

from paydesk.entry.api.gathering import Gatherer


@pytest.mark.usefixtures("committed_db")
def test_askers_without_a_pause_are_served_again_after_a_lost_connection() -> None:
    """The next batch must not get the connection that broke under the last one."""
    breaks = iter([False, True])

    def work(batch: Sequence[int]) -> list[int]:
        with connection.cursor() as cursor:
            if next(breaks, False):
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            cursor.execute("SELECT 1")
        return list(batch)

    async def asker(gatherer: Gatherer[int, int], said: list[str]) -> None:
        for n in range(10):
            try:
                await gatherer.ask(n)
            except OperationalError:
                said.append("lost")
            else:
                said.append("done")

    async def askers() -> list[str]:
        gatherer = Gatherer(work, name="test", most=1, room=10)
        said: list[str] = []
        await asyncio.gather(*(asker(gatherer, said) for _ in range(3)))
        while gatherer._running:
            await asyncio.sleep(0.01)
        gatherer._thread.shutdown()
        return said

    said = asyncio.run(askers())
    assert said.count("lost") == 1, said
