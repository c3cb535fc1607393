"""`paydesk worker`: run deferred and scheduled jobs until told to stop."""

import argparse
import asyncio

from django.conf import settings
from procrastinate.contrib.django import app

from paydesk.entry import pools
from paydesk.entry.cli import readiness
from paydesk.kit.events.actions import HINT_CHANNEL
from paydesk.kit.queue.connector import HintedConnector
from paydesk.kit.queue.jobs import give_back_stalled

POLL_SECONDS = 1.0
GRACE = 10.0


def run(_options: argparse.Namespace) -> int:
    """Work; answers the exit status."""
    readiness.require_room_for_pools()
    asyncio.run(work())
    return 0


async def work(*, until_idle: bool = False) -> None:
    """Run jobs until stopped by a signal, or until none is left."""
    connector = HintedConnector(
        settings.DATABASE_URL,
        listen_at=settings.DIRECT_URL,
        hint_channel=HINT_CHANNEL,
        size=pools.QUEUE,
    )
    with app.replace_connector(connector) as jobs:
        async with jobs.open_async():
            await give_back_stalled(jobs)
            await jobs.run_worker_async(
                concurrency=pools.WORKER_THREADS,
                wait=not until_idle,
                fetch_job_polling_interval=POLL_SECONDS,
                shutdown_graceful_timeout=GRACE,
                listen_notify=not until_idle,
                delete_jobs="successful",
            )
