"""The job of schedules: calls actions that do what is due, and may run twice or late."""

from procrastinate.contrib.django import app

from paydesk.money.schedules import actions


@app.periodic(cron="* * * * * */10", periodic_id="schedules-sweep")
@app.task(name="schedules.sweep", queueing_lock="schedules.sweep")
def sweep(timestamp: int) -> None:
    """Run what fell due; catch up on payments that ended meanwhile."""
    actions.catch_up()
    actions.run_due()
