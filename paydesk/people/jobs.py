"""Keeps the table of counted attempts small. Calls one action; safe to run twice or late."""

from procrastinate.contrib.django import app

from paydesk.people.actions import counts


@app.periodic(cron="23 3 * * *", periodic_id="people-forget-counts")
@app.task(name="people.forget_counts", queueing_lock="people.forget_counts", pass_context=False)
def forget_counts(timestamp: int) -> None:
    """Remove counts that have lapsed; `timestamp` is the run's, in Unix seconds."""
    counts.forget_lapsed()
