"""Gives jobs back whose worker died in the middle: every job of ours may run twice."""

import logging

from procrastinate import App, JobContext
from procrastinate.contrib.django import app

SILENT_FOR = 30.0

log = logging.getLogger(__name__)


async def give_back_stalled(jobs: App) -> int:
    """Queue again what a worker without heartbeat was doing; answers how many jobs."""
    stalled = list(await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_FOR))
    for job in stalled:
        await jobs.job_manager.retry_job(job)
    if stalled:
        log.warning("%d jobs of a lost worker were queued again", len(stalled))
    return len(stalled)


@app.periodic(cron="* * * * *")
@app.task(pass_context=True, queueing_lock="queue.give_back", name="queue.give_back")
async def give_back(context: JobContext, timestamp: int) -> None:
    """Once a minute."""
    await give_back_stalled(context.app)
