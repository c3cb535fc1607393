"""Jobs of the exchange: each calls one action and may run twice or late."""

from procrastinate.contrib.django import app

from paydesk.money.exchange.actions import rates


@app.periodic(cron="* * * * *", periodic_id="exchange-rates")
@app.task(name="exchange.refresh_rates", queueing_lock="exchange.refresh_rates")
def refresh_rates(timestamp: int) -> None:
    """Read the rates of the minute."""
    rates.refresh_all()
