"""What the clock sets off: old events are deleted. Thin."""

from procrastinate.contrib.django import app

from paydesk.kit.events import actions


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="events.prune", name="events.prune")
def prune(timestamp: int) -> None:
    """Once a night."""
    actions.prune_old()
