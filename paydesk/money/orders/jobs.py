"""Jobs of the orders domain: each calls one action and may run twice or late."""

from procrastinate.contrib.django import app

from paydesk.money.orders.actions import ordering, paying, requesting, sandbox


@app.periodic(cron="* * * * * */10", periodic_id="orders-expire")
@app.task(name="orders.expire", queueing_lock="orders.expire")
def expire(timestamp: int) -> None:
    """Close what nobody paid in time, and release what was reserved for too long."""
    ordering.expire_orders()
    paying.expire_holds()
    sandbox.expire_holds()
    requesting.expire_requests()


@app.periodic(cron="41 3 * * *", periodic_id="orders-prune")
@app.task(name="orders.prune", queueing_lock="orders.prune")
def prune(timestamp: int) -> None:
    """Forget old test money."""
    sandbox.prune()
