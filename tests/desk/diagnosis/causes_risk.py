"""Rows 10, 26 (by the month), 27 and 38 caused on their real paths: what our own caution stops."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.payments.plans import Outcome
from paydesk.money.risk import actions as risk
from tests.desk.diagnosis.causes import cause
from tests.factories import CustomerFactory
from tests.money.payments.helpers import fund, send, top_up
from tests.money.risk.helpers import seated

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 4, 12, tzinfo=ZONE)


@cause("speed_second_factor")
def _(make: CustomerFactory) -> Outcome:
    payer = make()
    fund(payer, 600_000)
    with seated(device_since=clock.now() - timedelta(minutes=5)):
        return send(payer, make(), 500_000)  # a new device, a new recipient, a large amount


@cause("speed_rule_until")
def _(make: CustomerFactory) -> Outcome:
    payer = make()
    with seated():
        for _ in range(5):
            top_up(payer, 100, token="sim_card_0005")
        return top_up(payer, 100)


@cause("payment_review")
def _(make: CustomerFactory) -> Outcome:
    with clock.travel(NOON):
        payer = make(identity_level=2)
        fund(payer, 2_000_000)
        clock.advance(timedelta(minutes=5))
        with seated():
            return send(payer, make(), 1_990_000)  # what came in goes on, to somebody new


@cause("screening")
def _(make: CustomerFactory) -> Outcome:
    payer = make(name="Velkanov Radomir")
    fund(payer, 1_000)
    risk.screen_customer(customer_id=str(payer.id), brand="topay")
    return send(payer, make(), 300)


@cause("limit_month")
def _(make: CustomerFactory) -> Outcome:
    limits = profiles.get("topay").limits["CNY"].of(0)
    with clock.travel(NOON):
        payer, payee = make(), make()
        fund(payer, limits.month + limits.single)
        left = limits.month - 5_000
        while left:
            clock.advance(timedelta(hours=12))
            part = min(left, limits.single)
            assert send(payer, payee, part, again=True).ok
            left -= part
        clock.advance(timedelta(days=1))
        return send(payer, payee, 10_000)
