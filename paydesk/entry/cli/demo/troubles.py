"""Troubles that everybody hears of: maintenance, incidents, warnings, and what fails in them."""

from datetime import datetime, timedelta

from paydesk.entry.cli.demo import almanac, talk
from paydesk.entry.cli.demo.mishaps import Then, card
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.town import Clerk, Resident, Town
from paydesk.kit import clock
from paydesk.status import actions as status
from paydesk.status.models import NoticeKind

MAINTENANCE_DAYS = (5, 19)
INCIDENT_DAYS = (9, 23)


def schedule(stage: Stage, town: Town, brand: str, then: Then, victims: int) -> None:
    """Put a brand's troubles into its days; in each, about `victims` payments fail."""
    zone = town.residents[brand][0].brand.zone
    local = almanac.days(stage.start, stage.end, zone)
    for n in MAINTENANCE_DAYS:
        stage.add(
            almanac.on_day(local[n], 20 * 60, zone),
            _maintenance(stage, town, brand, almanac.on_day(local[n + 1], 120, zone), victims),
        )
    for n in INCIDENT_DAYS:
        minute = town.random.randint(18 * 60, 20 * 60)
        stage.add(
            almanac.on_day(local[n], minute, zone), _incident(stage, town, brand, then, victims)
        )
    stage.add(stage.end - timedelta(days=2), _announcement(town, brand))


def _maintenance(stage: Stage, town: Town, brand: str, begins: datetime, victims: int) -> Story:
    """Announced in the evening for the night; a few try all the same."""
    admin = _admin(town)
    ends = begins + timedelta(minutes=town.random.randint(50, 75))
    title, body = talk.notice(NoticeKind.MAINTENANCE)
    status.open_notice(
        brand=brand,
        kind=NoticeKind.MAINTENANCE,
        components=["card_topup", "transfer"],
        title=title,
        body=body,
        starts_at=begins,
        ends_at=ends,
        actor=admin.acting(brand),
    )
    for _ in range(max(2, victims // 3)):
        at = begins + (ends - begins) * town.random.random()
        stage.add(at, _tries(town, town.somebody(brand)))
    yield from ()


def _incident(stage: Stage, town: Town, brand: str, then: Then, victims: int) -> Story:
    """Top-ups begin to fail; the notice comes some minutes later and is closed at the end."""
    lasts = timedelta(minutes=town.random.randint(30, 55))
    for _ in range(victims):
        last4 = town.random.choice(("0091", "0096"))
        at = clock.now() + lasts * town.random.random()
        stage.add(at, card(last4)(town, town.somebody(brand), then))
    yield timedelta(minutes=town.random.randint(4, 9))
    title, body = talk.notice(NoticeKind.INCIDENT)
    admin = _admin(town)
    notice = status.open_notice(
        brand=brand,
        kind=NoticeKind.INCIDENT,
        components=["card_topup"],
        title=title,
        body=body,
        actor=admin.acting(brand),
    )
    yield lasts
    status.close_notice(notice, actor=admin.acting(brand))


def _announcement(town: Town, brand: str) -> Story:
    title, body = talk.notice(NoticeKind.ANNOUNCEMENT)
    status.open_notice(
        brand=brand,
        kind=NoticeKind.ANNOUNCEMENT,
        components=[],
        title=title,
        body=body,
        ends_at=clock.now() + timedelta(days=5),
        actor=_admin(town).acting(brand),
    )
    yield from ()


def _tries(town: Town, resident: Resident) -> Story:
    if town.random.random() < 0.5:
        resident.top_up(10_000)
    else:
        resident.send(town.shop(resident.person.brand), 3_000)
    yield from ()


def _admin(town: Town) -> Clerk:
    return next(clerk for clerk in town.clerks if clerk.role == "admin")
