"""Withdrawals, bills and schedules of the demo's days, by the same actions as a page would."""

from datetime import datetime, time, timedelta

from paydesk.entry.cli.demo import almanac
from paydesk.entry.cli.demo.cast import VERSIONS
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.town import Resident, Town
from paydesk.kit import clock, ids
from paydesk.money.bills import actions as bills
from paydesk.money.bills import directory, link
from paydesk.money.bills.directory import Amount, Biller
from paydesk.money.bills.protocol import BillerDown, BillerSilent, Standing
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import PaymentState
from paydesk.money.payouts import actions as payouts
from paydesk.money.payouts.actions.withdrawing import WithdrawalWish
from paydesk.money.payouts.details import Details, Scheme, luhn, takes
from paydesk.money.payouts.models import BankAccount
from paydesk.money.schedules import actions as schedules
from paydesk.money.schedules.actions import ScheduleWish
from paydesk.money.schedules.calendar import Rhythm

COOLED = timedelta(hours=50)
"""More than any brand's new bank account has to wait."""
ENDINGS = ("8123", "4406", "7719", "2650", "9038", "5577")
MISHAPS = ("0001", "0043", "0107")
"""Ends of accounts that the simulated bank refuses, or sends the money back from."""


def schedule(stage: Stage, town: Town, brand: str, number: int) -> None:
    """About `number` withdrawals and twice as many bills in a brand's days, and some schedules."""
    everybody = [
        one
        for one in town.of_part(brand, "everyday", "late")
        if one.customer.identity_level >= one.brand.payouts.identity_level
    ]
    if not everybody:
        return
    zone, begin = everybody[0].brand.zone, stage.start + timedelta(days=1)
    last = stage.end - COOLED
    for n, at in enumerate(almanac.moments(town.random, number, begin, last, zone, almanac.PAYING)):
        ending = MISHAPS[n // 4 % 3] if n % 4 == 3 else town.random.choice(ENDINGS)
        stage.add(at, _withdraws(town, town.random.choice(everybody), ending))
    for at in almanac.moments(town.random, 2 * number, begin, stage.end, zone, almanac.PAYING):
        stage.add(at, _pays_bill(town, town.random.choice(everybody)))
    for resident in everybody[: max(2, number // 3)]:
        stage.add(begin + timedelta(hours=town.random.randint(1, 60)), _sets_up(town, resident))


def turn() -> None:
    """What the worker does with the banking of all brands by the clock."""
    payouts.send_due()
    payouts.credit_due()
    bills.ask_due()
    schedules.catch_up()
    schedules.run_due()


def _withdraws(town: Town, resident: Resident, ending: str) -> Story:
    """Add an account, wait until it may be used, take some money out."""
    added = account(town, resident, ending)
    yield COOLED
    amount = town.money(resident, 50, 300)
    if resident.balance < amount * 2:
        resident.top_up(max(amount * 2, 20_000))
        yield timedelta(seconds=town.random.randint(20, 90))
    outcome = payouts.withdraw(
        WithdrawalWish(
            customer=resident.customer,
            bank_account=added,
            amount=amount,
            currency=resident.currency,
            actor=resident.actor,
            key=str(ids.uuid7()),
            client_version=VERSIONS[resident.person.brand],
        )
    )
    if outcome.state is PaymentState.PROCESSING:
        resident.balance = max(0, resident.balance - amount - 1_000)


def account(town: Town, resident: Resident, ending: str) -> BankAccount:
    """Add an account whose number ends so."""
    holder = resident.customer.name
    if takes(Scheme.CN_CARD, resident.currency):
        known = Details(Scheme.CN_CARD, "CN", holder, _card(town, ending))
    else:
        number = f"{town.random.randint(10**7, 10**8 - 1)}{ending}"
        known = Details(Scheme.US_ACCOUNT, "US", holder, number, branch="011000015")
    return payouts.add_bank_account(customer=resident.customer, typed=known, actor=resident.actor)


def _card(town: Town, ending: str) -> str:
    """A card with this end whose check digit is right."""
    issuer = town.random.choice(("622202", "622848", "621700", "622588", "621661"))
    while True:
        body = f"{issuer}{town.random.randint(10**8, 10**9 - 1)}{ending}"
        if luhn(body):
            return body


def _pays_bill(town: Town, resident: Resident) -> Story:
    """Look a bill up and pay it; now and then the biller knows nothing or is down."""
    known = [
        one
        for one in directory.of_brand(resident.person.brand).values()
        if one.currency == resident.currency
    ]
    biller = town.random.choice(known)
    reference = biller.samples["due" if town.random.random() < 0.9 else "down"]
    found = _due(biller, reference, town)
    if found is None:
        return
    number, amount = found
    if resident.balance < amount:
        resident.top_up(max(amount, 20_000))
        yield timedelta(seconds=town.random.randint(20, 90))
    outcome = _pay(resident, biller, reference, number, amount)
    if outcome.state is PaymentState.SUCCEEDED:
        resident.balance = max(0, resident.balance - amount)
        if town.random.random() < 0.5:
            bills.save_biller(
                customer=resident.customer,
                biller=biller,
                reference=reference,
                name="home" if resident.english else "家里",
                actor=resident.actor,
            )


def _due(biller: Biller, reference: str, town: Town) -> tuple[str, int] | None:
    if biller.amount is not Amount.QUERY:
        return "", town.random.choice(biller.choices)
    try:
        bill = link.get().look_up(biller.brand, biller.code, reference)
    except (BillerDown, BillerSilent):
        return None
    return (bill.number, bill.amount) if bill.standing is Standing.DUE else None


def _pay(resident: Resident, biller: Biller, reference: str, number: str, amount: int) -> Outcome:
    return bills.pay_bill(
        bills.BillWish(
            customer=resident.customer,
            biller=biller,
            reference=reference,
            amount=amount,
            actor=resident.actor,
            key=str(ids.uuid7()),
            bill_number=number,
            client_version=VERSIONS[resident.person.brand],
        )
    )


def _sets_up(town: Town, resident: Resident) -> Story:
    """An allowance every week, or the rent every month."""
    weekly = town.random.random() < 0.6
    first: datetime = clock.now() + timedelta(days=town.random.randint(1, 4))
    schedules.make(
        ScheduleWish(
            customer=resident.customer,
            rhythm=Rhythm.WEEKLY if weekly else Rhythm.MONTHLY,
            first_on=first.astimezone(resident.brand.zone).date(),
            at=time(town.random.randint(8, 20), town.random.choice((0, 30))),
            currency=resident.currency,
            actor=resident.actor,
            key=str(ids.uuid7()),
            amount=town.money(resident, 20, 90) if weekly else town.money(resident, 200, 600),
            recipient=town.friend_of(resident).customer,
            note=("allowance" if resident.english else "生活费")
            if weekly
            else ("rent" if resident.english else "房租"),
        )
    )
    yield from ()
