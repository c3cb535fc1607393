"""Keeps the tables of counted attempts and sessions small. Safe to run twice or late."""

from procrastinate.contrib.django import app

from paydesk.people.actions import housekeeping


@app.periodic(cron="*/10 * * * *", periodic_id="people-forget-counts")
@app.task(name="people.forget_counts", queueing_lock="people.forget_counts", pass_context=False)
def forget_counts(timestamp: int) -> None:
    """Remove counts that have lapsed; `timestamp` is the run's, in Unix seconds."""
    housekeeping.forget_lapsed_counts()


@app.periodic(cron="23 * * * *", periodic_id="people-forget-sessions")
@app.task(name="people.forget_sessions", queueing_lock="people.forget_sessions", pass_context=False)
def forget_sessions(timestamp: int) -> None:
    """Remove sessions that have ended; `timestamp` is the run's, in Unix seconds."""
    housekeeping.forget_ended_sessions()
