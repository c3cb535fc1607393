"""Lives through the demo's thirty days: registers people, plans their days, plays them in order.

Everything is done by the real actions and jobs under a set clock; nothing is written around them.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password

from paydesk.approvals import actions as approvals
from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.desk.cases.actions import upkeep
from paydesk.entry.cli.company import Days, Pace, accompanied
from paydesk.entry.cli.demo import (
    almanac,
    asking,
    banking,
    cast,
    exchanges,
    lives,
    moneyback,
    present,
    shopfronts,
    troubles,
)
from paydesk.entry.cli.demo.cast import SHARES, Person, halves
from paydesk.entry.cli.demo.helpdesk import Helpdesk
from paydesk.entry.cli.demo.mishaps import MISHAPS, Then
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.town import Clerk, Resident, Town
from paydesk.entry.cli.errands import Mailroom, keep_apart, run_waiting_jobs
from paydesk.entry.cli.hurry import hurrying
from paydesk.entry.web.demo.people import PASSWORD
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.kit.events import actions as events
from paydesk.kit.postgres.problems import say
from paydesk.money.payments import actions as payments
from paydesk.money.payments.plans import Outcome
from paydesk.people import actions as people
from paydesk.people.queries import staff_of

DAYS = 30
SEED = 20261123
SOON = timedelta(seconds=40)
CUSTOMERS, PAYMENTS, CASES = 200, 5000, 300
"""How much life there is at scale 1."""

MISHAP_SHARE = 0.06
ASKING_SHARE = 0.32
"""Of those to whom a payment fails, how many come to support."""

Tell = Callable[[str], None]


def play(tell: Tell, *, scale: float = 1.0, brands: Sequence[str] = tuple(SHARES)) -> None:
    """Fill an empty installation with the days up to now. `scale` 0.1: a tenth of the life."""
    end = clock.now()
    first, second = halves(brands)
    progress = _Progress(tell, end)
    with Mailroom(), accompanied(Days(end, scale, second)) as pace, _hurried():
        with clock.travel(end - timedelta(days=DAYS)):
            _hire(brands)
        pace.meet()
        _live(Days(end, scale, first), pace, progress)
    progress(end)
    audit.seal()


def accompany(days: Days, pace: Pace) -> None:
    """Live through the other half of what `play` does, at its pace."""
    keep_apart()
    with _hurried():
        pace.meet()  # the staff is there
        _live(days, pace, lambda _: None)


def _live(days: Days, pace: Pace, on_step: Callable[[datetime], None]) -> None:
    """Register the people of these brands, plan their days and play them."""
    start = days.end - timedelta(days=DAYS)
    town = Town(Random(f"{SEED} {' '.join(days.brands)}"))
    stage = Stage(start, days.end, on_step)
    with clock.travel(start):
        _gather(town, days.brands[0])
        _register(town, stage, days.brands, days.scale)
        run_waiting_jobs()
    desk = Helpdesk(stage, town)
    for brand in days.brands:
        _plan(stage, town, desk, brand, SHARES[brand] * days.scale)
    stage.add(start, _worker(pace))
    stage.run()


@contextmanager
def _hurried() -> Iterator[None]:
    """Make this process quick for a long run that nobody listens to."""
    with hurrying(), events.without_hints(), _seldom_collecting():
        yield


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Let the collector look for cycles seldom: it would go through the whole program each time."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _hire(brands: Sequence[str]) -> None:
    hashed = make_password(PASSWORD)
    for one in cast.DESK:
        member = people.create_staff(
            name=one.name, email=one.email, actor=SYSTEM(brands[0]), password_hash=hashed
        )
        for brand in brands:
            people.grant_role(member, brand=brand, role=one.role, actor=SYSTEM(brand))


def _gather(town: Town, brand: str) -> None:
    """Let the staff of the desk, who serve every brand, be known in the town."""
    members = {one.user.email: one for one in staff_of(brand)}
    town.clerks += [Clerk(one.email, one.role, members[one.email]) for one in cast.DESK]


def _register(town: Town, stage: Stage, brands: Sequence[str], scale: float) -> None:
    """Most are customers from the start; some join later."""
    hashed = make_password(PASSWORD)
    for person in cast.customers(town.random, brands, round(CUSTOMERS * scale)):
        resident = _join(town, person, hashed)
        if person.part != "closing":
            later = timedelta(minutes=town.random.randint(1, 600))
            stage.add(stage.start + later, lives.first_money(town, resident))


def _join(town: Town, person: Person, hashed: str) -> Resident:
    customer = people.register_customer(
        brand=person.brand,
        name=person.name,
        email=person.email,
        phone=person.phone,
        phone_proved=True,
        password_hash=hashed,
        lang=person.lang,
        verified=True,
        identity_level=town.random.randrange(len(profiles.get(person.brand).identity_levels)),
    )
    resident = Resident(person, customer)
    town.residents.setdefault(person.brand, []).append(resident)
    return resident


def _plan(stage: Stage, town: Town, desk: Helpdesk, brand: str, share: float) -> None:
    n = list(SHARES).index(brand)
    wrong = max(len(MISHAPS), round(PAYMENTS * share * MISHAP_SHARE))
    victims = max(3, round(20 * share))
    given_back = max(3, round(24 * share))
    asked = (wrong + 2 * victims) * ASKING_SHARE + 2 * given_back + 4
    then = _perhaps_asking(town, desk)
    lives.schedule(stage, town, brand, round(PAYMENTS * share * (1 - MISHAP_SHARE) * 0.8))
    troubles.schedule(stage, town, brand, then, victims)
    asking.schedule(stage, town, desk, brand, max(len(asking.SCENES), round(CASES * share - asked)))
    zone, span = profiles.get(brand).zone, (stage.start + timedelta(days=1), stage.end)
    for at, mishap in almanac.spread(town.random, MISHAPS, wrong, span, zone, almanac.PAYING):
        stage.add(at, mishap(town, town.somebody(brand), then))
    present.schedule(stage, town, desk, brand, n)
    banking.schedule(stage, town, brand, max(4, round(36 * share)))
    exchanges.schedule(stage, town, brand, max(3, round(40 * share)))
    moneyback.schedule(stage, town, desk, brand, given_back, n)
    shopfronts.schedule(stage, town, brand, max(12, round(140 * share)))


def _perhaps_asking(town: Town, desk: Helpdesk) -> Then:
    def then(resident: Resident, outcome: Outcome, payee: Resident | None) -> None:
        if town.random.random() < ASKING_SHARE:
            asking.about_payment(town, desk, resident, outcome, payee)

    return then


def _worker(pace: Pace) -> Story:
    """What the worker does by the clock for all brands, with the jobs that follow.

    A few times a day here; what was sent is asked about soon, not a turn later: that may be the
    next day of the books.
    """
    while True:
        pace.alone(_turn)
        yield SOON
        pace.alone(_ask)
        yield timedelta(hours=12)


def _turn() -> None:
    payments.sweep()
    approvals.expire()
    upkeep.note_missed_deadlines()
    upkeep.close_long_solved()
    banking.turn()
    shopfronts.turn()
    audit.seal()
    run_waiting_jobs()


def _ask() -> None:
    payments.sweep()
    run_waiting_jobs()


class _Progress:
    """Tells how far the days have come, a few times."""

    def __init__(self, tell: Tell, end: datetime) -> None:
        self._span = timedelta(days=DAYS)
        self._tell, self._start = tell, end - self._span
        self._told = -1

    def __call__(self, at: datetime) -> None:
        day = (at - self._start).days
        if day > self._told and day % 3 == 0:
            self._told = day
            share = int(100 * ((at - self._start) / self._span))
            self._tell(
                say(
                    f"演示数据：第 {day}/{DAYS} 天（{share}%）",
                    f"demo: day {day} of {DAYS} ({share} %)",
                )
            )
