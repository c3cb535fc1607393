"""Jobs: gone with their transaction, taken soon after a hint, given back when a worker dies."""

import asyncio
import time

import psycopg
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from paydesk.entry import pools
from paydesk.entry.cli.worker import POLL_SECONDS, work
from paydesk.kit.events.actions import HINT_CHANNEL
from paydesk.kit.queue.connector import HintedConnector
from paydesk.kit.queue.jobs import give_back_stalled

KEPT = "queue.give_back"  # the one job of this package serves as the example


def _defer(lock: str | None = None) -> int:
    return app.configure_task(KEPT, queueing_lock=lock).defer(timestamp=0)


def _states() -> list[str]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("status", flat=True))


def test_job_goes_with_its_transaction(committed_db: None) -> None:
    with transaction.atomic():
        _defer()
        transaction.set_rollback(True)
    assert _states() == []
    with transaction.atomic():
        _defer()
    assert _states() == ["todo"]


def test_deferring_notifies_nobody(committed_db: None) -> None:
    with psycopg.connect(settings.DIRECT_URL, autocommit=True) as listener:
        listener.execute("LISTEN procrastinate_any_queue_v1")
        _defer()
        assert list(listener.notifies(timeout=0.3)) == []


def test_worker_runs_what_waits_and_forgets_successes(committed_db: None) -> None:
    """Its own periodic jobs fall due meanwhile; one may be waiting when it is told to end."""
    job = _defer()
    connection.close()
    asyncio.run(work(until_idle=True))
    assert not ProcrastinateJob.objects.filter(id=job).exists()


async def test_hint_wakes_the_worker(committed_db: None) -> None:
    """A poll alone comes a second later: the hint must be quicker, again and again."""
    connector = HintedConnector(
        settings.DATABASE_URL,
        listen_at=settings.DIRECT_URL,
        hint_channel=HINT_CHANNEL,
        size=pools.QUEUE,
    )
    heard = asyncio.Event()

    async def on_notification(*, channel: str, payload: str) -> None:
        heard.set()

    listening = asyncio.create_task(connector.listen_notify(on_notification, ["unused"]))
    try:
        async with await psycopg.AsyncConnection.connect(
            settings.DATABASE_URL, autocommit=True
        ) as hinting:
            await asyncio.sleep(0.3)
            for _ in range(3):
                began = time.monotonic()
                await hinting.execute("SELECT pg_notify(%s, '')", [HINT_CHANNEL])
                await asyncio.wait_for(heard.wait(), 5)
                assert time.monotonic() - began < POLL_SECONDS
                heard.clear()
            await hinting.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'paydesk worker hints'"
            )
            await asyncio.sleep(1.5)
            await hinting.execute("SELECT pg_notify(%s, '')", [HINT_CHANNEL])
            await asyncio.wait_for(heard.wait(), 5)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


def test_jobs_of_a_dead_worker_are_given_back(committed_db: None) -> None:
    job = _defer()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 hour') RETURNING id"
        )
        (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [worker, job],
        )
    connector = HintedConnector(
        settings.DATABASE_URL, listen_at="", hint_channel=HINT_CHANNEL, size=1
    )

    async def give_back() -> int:
        with app.replace_connector(connector) as jobs:
            async with jobs.open_async():
                return await give_back_stalled(jobs)

    assert asyncio.run(give_back()) == 1
    assert _states() == ["todo"]
    assert asyncio.run(give_back()) == 0
