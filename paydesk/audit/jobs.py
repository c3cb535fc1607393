"""Seals the audit trail every few seconds. Calls one action; safe to run twice or late."""

from procrastinate.contrib.django import app

from paydesk.audit import actions


@app.periodic(cron="* * * * * */10", periodic_id="audit-seal")
@app.task(name="audit.seal", queueing_lock="audit.seal", pass_context=False)
def seal(timestamp: int) -> None:
    """Chain what has settled since the last run; `timestamp` is the run's, in Unix seconds."""
    actions.seal()
