"""Lets undecided requests expire. Calls one action; safe to run twice or late."""

from procrastinate.contrib.django import app

from paydesk.approvals import actions


@app.periodic(cron="* * * * *", periodic_id="approvals-expire")
@app.task(name="approvals.expire", queueing_lock="approvals.expire", pass_context=False)
def expire(timestamp: int) -> None:
    """Expire what nobody decided in time; `timestamp` is the run's, in Unix seconds."""
    actions.expire()
