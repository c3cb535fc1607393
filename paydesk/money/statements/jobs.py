"""Jobs of the statements domain: each calls one action and may run twice or late."""

from uuid import UUID

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from paydesk.money.statements import actions

TRIES = 3


@app.task(name=actions.MAKE, retry=RetryStrategy(max_attempts=TRIES, wait=5), pass_context=True)
def make(context: JobContext, export_id: str) -> None:
    """Make the file; after the last try that failed the customer is told so."""
    try:
        actions.make(UUID(export_id))
    except Exception:
        if context.job and context.job.attempts >= TRIES:
            actions.give_up(UUID(export_id))
        raise


@app.periodic(cron="17 * * * *", periodic_id="statements-expire")
@app.task(name="statements.expire", queueing_lock="statements.expire")
def expire(timestamp: int) -> None:
    """Take away files whose time is over."""
    actions.expire_due()
