"""Delivers queued messages, tries again later and later. Calls one action each."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from paydesk.notifications import actions, rules
from paydesk.notifications.transports import DeliveryProblem

RETRY = RetryStrategy(
    max_attempts=rules.MAX_TRIES,
    exponential_wait=5,  # 5, 25, 125, 625 seconds …
    retry_exceptions=[DeliveryProblem],
)


@app.task(name=actions.DELIVER, queue="notifications", retry=RETRY)
def deliver(message_ids: list[str]) -> None:
    """Hand a few messages over; safe to run twice."""
    actions.deliver(UUID(one) for one in message_ids)


@app.periodic(cron="17 * * * *", periodic_id="notifications-stale")
@app.task(name="notifications.give_up_stale", queueing_lock="notifications.give_up_stale")
def give_up_stale(timestamp: int) -> None:
    """Fail what could never be sent; `timestamp` is the run's, in Unix seconds."""
    actions.give_up_stale()
