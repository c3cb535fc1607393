"""Jobs of refunds: each calls actions and may run twice or late."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from paydesk.money.refunds.actions import carrying_out, disputed_money, freed, recalls, returning


@app.task(name=freed.JOB, retry=RetryStrategy(max_attempts=5, exponential_wait=2))
def freed_account(disputes: list[str], recalls: list[str]) -> None:
    """Hold what is disputed or called back where an account may send again."""
    freed.hold(disputes=disputes, called_back=recalls)


@app.periodic(cron="* * * * *", periodic_id="refunds-sweep")
@app.task(name="refunds.sweep", queueing_lock="refunds.sweep")
def sweep(timestamp: int) -> None:
    """Go on with what was left behind; pay what is owed where the money has come; credit what came
    back, hold or take what is disputed, where the wallet is free again; note what is held of
    recalls, and end what still is of those that were decided."""
    carrying_out.carry_out_left_behind()
    carrying_out.retry_owed()
    returning.credit_due()
    disputed_money.catch_up()
    recalls.catch_up()
