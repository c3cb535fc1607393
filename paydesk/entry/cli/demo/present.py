"""The last hour: what lies on the desk when somebody opens the demo.

Some customers wait, some since minutes and some longer; some cases wait for a second person. The
front page's frozen customer is frozen here.
"""

from datetime import timedelta

from paydesk.entry.cli.demo import asking, belongings, settlements
from paydesk.entry.cli.demo.helpdesk import Helpdesk
from paydesk.entry.cli.demo.mishaps import Then, card, short, to_frozen
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.town import Resident, Town
from paydesk.money.payments.plans import Outcome
from paydesk.people import actions as people

NOT_YET = timedelta(days=365)
"""Nobody has looked at it yet when the demo begins."""

_WAITING = (
    ("card", 14),
    ("theft", 1),
    ("refund_small", 9),
    ("short", 11),
    ("official", 3),
    ("frozen", 12),
)


def schedule(stage: Stage, town: Town, desk: Helpdesk, brand: str, offset: int) -> None:
    """Prepare a brand's present; `offset` in minutes keeps the brands apart."""
    for resident in town.of_part(brand, "frozen"):
        is_known = resident.person.email.startswith("zhou@")
        at = stage.end - timedelta(days=9) if is_known else stage.start + timedelta(hours=20)
        stage.add(at, _freeze(town, resident))
    for kind, minutes in _WAITING[offset % 2 :: 2]:
        at = stage.end - timedelta(minutes=minutes + offset)
        stage.add(at, _comes(town, desk, brand, kind))
    stage.add(stage.end - timedelta(minutes=70 + offset), _needs_approval(town, desk, brand))
    belongings.schedule(stage, town, brand, offset)
    settlements.schedule(stage, town, brand)


def _freeze(town: Town, resident: Resident) -> Story:
    """An agent freezes it after a warning."""
    clerk = town.clerks[0]
    people.place_freeze(
        resident.customer,
        reason="suspected_fraud",
        actor=clerk.acting(resident.person.brand),
    )
    resident.is_frozen = True
    yield from ()


def _comes(town: Town, desk: Helpdesk, brand: str, kind: str) -> Story:
    resident = town.somebody(brand)
    if kind in ("card", "short", "frozen"):
        mishap = {"card": card("0051"), "short": short, "frozen": to_frozen}[kind]
        yield from mishap(town, resident, _waits(town, desk))
    elif kind == "official":
        asking.as_visitor(town, desk, brand, kind, after=NOT_YET)
    else:
        for _ in range(20):
            if asking.with_matter(town, desk, resident, kind, after=NOT_YET):
                return
            resident = town.somebody(brand)


def _waits(town: Town, desk: Helpdesk) -> Then:
    def then(resident: Resident, outcome: Outcome, payee: Resident | None) -> None:
        asking.about_payment(town, desk, resident, outcome, payee, after=NOT_YET)

    return then


def _needs_approval(town: Town, desk: Helpdesk, brand: str) -> Story:
    """A large refund that an agent asked for and nobody has decided yet."""
    resident, shop = town.somebody(brand), town.shop(brand)
    amount = resident.brand.limits[resident.currency].agent_refund * 2
    resident.top_up(amount)  # whatever the own guess of the balance is
    yield timedelta(seconds=40)
    if resident.send(shop, amount).ok:
        yield timedelta(minutes=10)
        asking.with_matter(
            town, desk, resident, "refund_large", after=timedelta(minutes=1), undecided=True
        )
