"""Runs dry runs after they were asked for. Calls one function each."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from paydesk.money.risk import actions, dryrun

RETRY = RetryStrategy(max_attempts=3, wait=10)


@app.task(name=actions.DRY_RUN, queue="reports", retry=RETRY)
def dry_run(dry_run_id: str) -> None:
    """Try a rule set on the past; safe to run twice."""
    dryrun.run(UUID(dry_run_id))
