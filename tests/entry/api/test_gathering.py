"""What arrives together is one piece of work, also after the database was away."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from django.db import OperationalError, connection

from paydesk.entry.api.gathering import Gatherer


def test_as_many_run_at_once_as_there_are_threads() -> None:
    together, most = threading.Barrier(2), 10

    def work(batch: Sequence[int]) -> list[int]:
        together.wait(5)  # breaks, and with it the batch, where nobody else comes
        return [one * 2 for one in batch]

    async def askers() -> list[int]:
        gatherer = Gatherer(work, name="test", most=1, room=most, at_once=2)
        said = await asyncio.gather(*(gatherer.ask(n) for n in range(most)))
        await gatherer.rest()
        return said

    assert asyncio.run(askers()) == [n * 2 for n in range(most)]


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("at_once", [1, 2])
def test_askers_without_a_pause_are_served_again_after_a_lost_connection(at_once: int) -> None:
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
        gatherer = Gatherer(work, name="test", most=1, room=10, at_once=at_once)
        said: list[str] = []
        await asyncio.gather(*(asker(gatherer, said) for _ in range(3)))
        await gatherer.rest()
        return said

    said = asyncio.run(askers())
    assert said.count("lost") == 1, said
