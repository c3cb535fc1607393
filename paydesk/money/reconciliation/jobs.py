"""Jobs of reconciliation: each calls one action and may run twice or late."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from paydesk.brands import profiles
from paydesk.money.reconciliation import actions
from paydesk.money.reconciliation.actions import crediting, ending, paying_back
from paydesk.money.reconciliation.actions.take_in import READ

RETRY = RetryStrategy(max_attempts=5, exponential_wait=5)


@app.task(name=READ, retry=RETRY)
def read(file_id: str) -> None:
    """Read a settlement file that was taken in."""
    actions.read(UUID(file_id))


@app.task(name=crediting.CREDIT, retry=RETRY)
def credit(request_id: str) -> None:
    """Credit what a second person agreed to."""
    crediting.carry_out(UUID(request_id))


@app.task(name=ending.JOB, retry=RETRY)
def end(request_id: str) -> None:
    """End a payout or refund of another amount as a second person agreed."""
    ending.carry_out(UUID(request_id))


@app.task(name=paying_back.JOB, retry=RETRY)
def pay_back(request_id: str) -> None:
    """Book what was paid back by bank as a second person agreed."""
    paying_back.carry_out(UUID(request_id))


@app.periodic(cron="*/30 * * * *", periodic_id="reconciliation-fetch")
@app.task(name="reconciliation.fetch", queueing_lock="reconciliation.fetch")
def fetch(timestamp: int) -> None:
    """Fetch the files of the days that are over; look again at what was not booked."""
    actions.fetch_due()
    for brand in profiles.all():
        actions.recheck(brand.code)
