"""Jobs of the payments domain: each calls one action and may run twice or late."""

from datetime import timedelta

from procrastinate.contrib.django import app

from paydesk.money.payments import actions

PERIOD = timedelta(seconds=5)


@app.periodic(cron=f"* * * * * */{PERIOD.seconds}", periodic_id="payments-sweep")
@app.task(name="payments.sweep", queueing_lock="payments.sweep")
def sweep(timestamp: int) -> None:
    """Do what is due: questions to providers, holds that expire."""
    actions.sweep()
