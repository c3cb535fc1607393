"""What people do with their money on ordinary days: top up, shop, send to friends, get paid."""

from collections.abc import Sequence
from datetime import timedelta

from paydesk.entry.cli.demo import almanac
from paydesk.entry.cli.demo.mishaps import followed_up
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.town import Resident, Sending, Town, send_together
from paydesk.people import actions as people

NOTES = {
    False: ("", "", "午饭", "奶茶", "水果", "买书", "打车", "房租", "红包", "谢谢"),
    True: ("", "", "lunch", "coffee", "groceries", "books", "taxi", "rent", "thanks"),
}
DEVICES = ("iPhone 16", "Pixel 9", "HUAWEI Mate 70", "Xiaomi 15", "OPPO Find X8", "iPad", "Windows")
GIFTS = (6600, 8800, 16600, 18800, 52000, 66600)
PAYING_SHARE = 0.95
TOGETHER = 12
"""How many pay at the same moment, on average."""


def paying(town: Town, payers: Sequence[Resident]) -> Story:
    """Several pay at the same moment, a shop or a friend; who believes to have too little tops up
    first."""
    sendings = [
        _shopping(town, one) if town.random.random() < 0.74 else _giving(town, one)
        for one in payers
    ]
    short = [one for one in sendings if one.payer.balance < one.amount]
    for one in short:
        one.payer.top_up(_round_sum(town, one.payer, one.amount))
    if short:
        yield timedelta(seconds=town.random.randint(20, 90))
    send_together(sendings)


def _shopping(town: Town, resident: Resident) -> Sending:
    amount = town.money(resident, 6, 160)
    return Sending(resident, town.shop(resident.person.brand), amount, _note(town, resident))


def _giving(town: Town, resident: Resident) -> Sending:
    """A friend's share, or a lucky sum."""
    gift = resident.currency == "CNY" and town.random.random() < 0.3
    amount = town.random.choice(GIFTS) if gift else town.money(resident, 20, 400)
    return Sending(resident, town.friend_of(resident), amount, _note(town, resident))


def topping_up(town: Town, resident: Resident) -> Story:
    """Put something aside, from a card or another wallet."""
    token = "sim_wallet_paying" if town.random.random() < 0.12 else "sim_card_4242"
    if not resident.top_up(_round_sum(town, resident, 0), token).ok:
        yield from followed_up(resident.person.brand)


def signing_in(town: Town, resident: Resident) -> Story:
    """Sign in on one of the devices."""
    device = town.random.choice(DEVICES)
    people.record_sign_in(resident.customer.user, device=device, address="203.0.113.7")
    yield from ()


def pay_day(town: Town, employer: Resident) -> Story:
    """Top up as far as it goes, then pay the staff all at once."""
    limits = employer.brand.limits[employer.currency]
    brand = employer.person.brand
    everyone = town.of_part(brand, "everyday", "late")
    wage = min(employer.may.day // 12, town.money(employer, 3500, 6500))
    staff = town.random.sample(everyone, min(10, len(everyone)))
    while employer.balance < wage * len(staff):
        if not employer.top_up(limits.topup_max).ok:
            return
        yield timedelta(seconds=40)
    note = "salary" if employer.english else "工资"
    send_together([Sending(employer, worker, wage, note) for worker in staff])


def schedule(stage: Stage, town: Town, brand: str, payments: int) -> None:
    """Fill the days of a brand with about `payments` ordinary payments."""
    people_here = town.of_part(brand, "everyday", "late")
    zone = people_here[0].brand.zone
    from_second_day = stage.start + timedelta(hours=12)
    span = (from_second_day, stage.end, zone, almanac.PAYING)
    for at in almanac.moments(town.random, round(payments * PAYING_SHARE / TOGETHER), *span):
        payers = min(town.random.randint(2, 2 * TOGETHER - 2), len(people_here))
        stage.add(at, paying(town, town.random.sample(people_here, payers)))
    for at in almanac.moments(town.random, round(payments * (1 - PAYING_SHARE)), *span):
        happening = town.random.choices((topping_up, signing_in), (6, 4))[0]
        stage.add(at, happening(town, town.random.choice(people_here)))
    for day in almanac.pay_days(stage.start, stage.end, zone):
        for employer in town.of_part(brand, "employer"):
            at = almanac.on_day(day, 10 * 60 + town.random.randint(0, 90), zone)
            if at > from_second_day:
                stage.add(at, pay_day(town, employer))


def first_money(town: Town, resident: Resident) -> Story:
    """What everybody starts with."""
    resident.top_up(_round_sum(town, resident, town.money(resident, 200, 900)))
    yield from ()


def _round_sum(town: Town, resident: Resident, least: int) -> int:
    """A round sum of at least `least`, as people choose one."""
    steps = (50_000, 100_000, 150_000, 200_000)
    likely = [step for step in steps if step >= least] or [(least // 50_000 + 1) * 50_000]
    top = resident.brand.limits[resident.currency].topup_max
    return min(town.random.choice(likely[:3]), top)


def _note(town: Town, resident: Resident) -> str:
    return town.random.choice(NOTES[resident.english])
