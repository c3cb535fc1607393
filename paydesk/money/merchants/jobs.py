"""Jobs of the merchants domain: each calls one action and may run twice or late."""

from uuid import UUID

from procrastinate.contrib.django import app

from paydesk.money.merchants.actions import answers, delivering
from paydesk.money.merchants.actions.telling import DELIVER, TRY_AGAIN


# Receivers may be slow: of a worker's few places they take one for first tries, one for others.
@app.task(name=DELIVER, lock=DELIVER)
def deliver(delivery_ids: list[str]) -> None:
    """Try deliveries for the first time; what fails waits for the periodic one."""
    delivering.deliver(UUID(one) for one in delivery_ids)


@app.periodic(cron="* * * * * */5", periodic_id="merchants-deliver-due")
@app.task(
    name="merchants.deliver_due",
    queueing_lock="merchants.deliver_due",
    lock=TRY_AGAIN,
)
def deliver_due(timestamp: int) -> None:
    """Try what failed and is due again."""
    delivering.deliver_due()


@app.periodic(cron="17 3 * * *", periodic_id="merchants-prune")
@app.task(name="merchants.prune", queueing_lock="merchants.prune")
def prune(timestamp: int) -> None:
    """Delete stored answers whose time is over."""
    answers.prune()
