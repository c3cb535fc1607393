"""The job of bills: calls one action that does what is due, and may run twice or late."""

from procrastinate.contrib.django import app

from paydesk.money.bills import actions


@app.periodic(cron="* * * * * */10", periodic_id="bills-sweep")
@app.task(name="bills.sweep", queueing_lock="bills.sweep")
def sweep(timestamp: int) -> None:
    """Ask billers about what is under way."""
    actions.ask_due()
