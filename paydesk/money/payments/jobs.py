"""Jobs of the payments domain: each calls one action and may run twice or late."""

from datetime import timedelta
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from paydesk.money.payments import actions
from paydesk.money.payments.writing import CONFIRM

RETRY = RetryStrategy(max_attempts=10, exponential_wait=4)
PERIOD = timedelta(seconds=5)


@app.task(name=CONFIRM, retry=RETRY)
def confirm(payment_ids: list[str]) -> None:
    """Write to both sides of payments that moved money."""
    actions.confirm(UUID(one) for one in payment_ids)


@app.periodic(cron=f"* * * * * */{PERIOD.seconds}", periodic_id="payments-sweep")
@app.task(name="payments.sweep", queueing_lock="payments.sweep")
def sweep(timestamp: int) -> None:
    """Do what is due: questions to providers, holds that expire."""
    actions.sweep()
