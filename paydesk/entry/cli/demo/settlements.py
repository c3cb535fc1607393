"""The providers' files of the demo's days: taken every night as the worker does, all but one right.

What a provider took and nobody got is credited the next morning. In one file an order stands twice,
so that there is something to explain.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from paydesk.approvals import access as approvals_access
from paydesk.approvals import actions as approvals
from paydesk.brands import profiles
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.town import Town
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments.actions.reconcile import RECONCILE
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import About
from paydesk.money.payments.providers.simulated import daybook
from paydesk.money.reconciliation import actions, waiting

AT = time(3, 20)
MORNING = timedelta(hours=7)
TWICE = 14
"""From so many days before the present on, the first file with a top-up says it twice."""


def schedule(stage: Stage, town: Town, brand: str) -> None:
    """A file for each of a brand's days that are over, in the night after; then the desk's work."""
    zone = profiles.get(brand).zone
    first, last = stage.start.astimezone(zone).date(), stage.end.astimezone(zone).date()
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    stage.add(stage.start, _nights(town, brand, days))
    stage.add(stage.end - timedelta(minutes=90), _is_credited(town, brand))


def _nights(town: Town, brand: str, days: Sequence[date]) -> Story:
    told_twice = False
    for day in days:
        yield datetime.combine(day + timedelta(days=1), AT, profiles.get(brand).zone)
        wrong = not told_twice and day >= days[-TWICE]
        told_twice |= _comes(brand, day, wrong=wrong)
        yield MORNING
        yield from _is_credited(town, brand)


def _comes(brand: str, day: date, *, wrong: bool) -> bool:
    """Take a day's file; answers whether it says a top-up twice."""
    raw, twice = _written(brand, day), frozenset[UUID]()
    if raw.count(b"\n") < 2:  # a quiet day's file is the same as any other's
        return False
    if wrong:
        charges = [line.reference for line in daybook.read(raw) if line.about is About.CHARGE]
        twice = frozenset(one for one in charges[:1] if one)
        raw = _written(brand, day, twice)
    actions.take_in(
        brand=brand,
        provider=registry.SIMULATED,
        day=day,
        name=f"{registry.SIMULATED}-{day.isoformat()}",
        raw=raw,
        actor=SYSTEM(brand),
    )
    return bool(twice)


def _is_credited(town: Town, brand: str) -> Story:
    """Two supervisors put right what was taken and not credited."""
    one, two = [clerk.member for clerk in town.clerks if clerk.role == "supervisor"][:2]
    due = [row for row in waiting.uncredited(brand) if not (row.by_bank or row.dispute)]
    for row in due:
        actions.credit(row.payment, note=f"对账单 #{row.payment.number}", staff=one)
    for asked in approvals_access.pending_for(two):
        if asked.action == RECONCILE and asked.brand == brand:
            approvals.decide(asked, staff=two, approve=True)
    actions.recheck(brand)
    yield from ()


def _written(brand: str, day: date, twice: frozenset[UUID] = frozenset()) -> bytes:
    zone = profiles.get(brand).zone
    since = datetime.combine(day, time(), zone)
    until = datetime.combine(day + timedelta(days=1), time(), zone)
    return daybook.write(brand, since, until, daybook.Mischief(double=twice))
