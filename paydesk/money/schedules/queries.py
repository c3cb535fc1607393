"""Reads about schedules. Never writes; who may see what is decided in `access`."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from paydesk.brands import profiles
from paydesk.money.schedules import calendar
from paydesk.money.schedules.models import Occurrence, Schedule
from paydesk.money.schedules.rules import LIVE
from paydesk.people.models import Customer


def schedules(customer: Customer) -> Sequence[Schedule]:
    """The customer's schedules: those that go on first, by their next time; then the latest."""
    found = Schedule.objects.filter(brand=customer.brand, customer=customer)
    every = found.select_related("recipient").order_by("-made_at", "-id")[:100]
    live = sorted(
        (one for one in every if one.state in LIVE and one.next_at),
        key=lambda one: one.next_at or one.made_at,
    )
    return [*live, *(one for one in every if one not in live)]


def next_times(schedule: Schedule, count: int = 4) -> list[tuple[int, datetime]]:
    """The numbers and moments at which it will be paid next; none once it is over."""
    if schedule.state not in LIVE:
        return []
    zone = profiles.get(schedule.brand).zone
    return list(islice(calendar.coming(schedule.plan, zone, schedule.next_n), count))


def occurrences(schedule: Schedule, limit: int = 20) -> Sequence[Occurrence]:
    """What became of the latest times, newest first, their payments with them."""
    found = Occurrence.objects.filter(schedule=schedule)
    related = found.select_related("payment__payer__user", "payment__payee__user")
    return list(related.order_by("-n")[:limit])
