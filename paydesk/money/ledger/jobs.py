"""Jobs of the ledger: partitions ahead of time, snapshots of the day that ended.

Each calls one action and may run twice or late. Holds are not expired from here: who placed them
has rows of its own to finish in the same transaction.
"""

from procrastinate.contrib.django import app

from paydesk.money.ledger import actions


@app.periodic(cron="25 * * * *", periodic_id="ledger-months")
@app.task(name="ledger.prepare_months", queueing_lock="ledger.prepare_months")
def prepare_months(timestamp: int) -> None:
    """Make the partitions of the months to come; an hour later if somebody reads for long now."""
    actions.prepare_months()


@app.periodic(cron="10,40 * * * *", periodic_id="ledger-days")
@app.task(name="ledger.close_days", queueing_lock="ledger.close_days")
def close_days(timestamp: int) -> None:
    """Take the snapshots of the days that ended."""
    actions.close_days()
