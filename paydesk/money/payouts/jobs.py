"""Jobs of withdrawals: each calls actions that do what is due, and may run twice or late."""

from procrastinate.contrib.django import app

from paydesk.money.payouts import actions
from paydesk.money.payouts.actions.cancelling import finish_due


@app.periodic(cron="* * * * * */10", periodic_id="payouts-sweep")
@app.task(name="payouts.sweep", queueing_lock="payouts.sweep")
def sweep(timestamp: int) -> None:
    """Send what is due, finish what was taken back, credit what came back."""
    finish_due()
    actions.send_due()
    actions.credit_due()
