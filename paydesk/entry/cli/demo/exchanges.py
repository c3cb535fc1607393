"""The demo's money across currencies: liquidity funded by two people, conversions, payments abroad.

Each brand begins with a stock of what it changes; a few quotes lapse, one is not served.
"""

from datetime import timedelta

from paydesk.approvals import access
from paydesk.approvals import actions as approvals
from paydesk.brands import profiles
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.town import Resident, Town
from paydesk.kit import ids
from paydesk.money.exchange import actions
from paydesk.money.exchange.actions.paying import Wish
from paydesk.money.exchange.models import Quote
from paydesk.money.exchange.rules import Declared, Side
from paydesk.money.payments.states import PaymentKind

_STOCK = 500_000_000
"""Minor units of each currency that a brand begins with (of a currency without any: as many)."""
_DECLARED = (
    Declared("US", "study", "family", "12 Elm Street, Springfield", "salary"),
    Declared("GB", "rent", "business", "3 Harbour Road, Bristol", "savings"),
    Declared("HK", "family", "family", "香港中环德辅道 18 号", "salary"),
)


def schedule(stage: Stage, town: Town, brand: str, times: int) -> None:
    """Prepare a brand's month: funding on the first day, then `times` conversions and payments."""
    if len(profiles.get(brand).currencies) < 2:
        return
    # Somebody is there before the stock is: told that this currency can't be served yet.
    stage.add(stage.start + timedelta(hours=11), _convert(town, town.somebody(brand), lapses=False))
    stage.add(stage.start + timedelta(hours=12), _fund(town, brand))
    stage.add(stage.start + timedelta(days=3), _forgets(town, town.somebody(brand)))
    span = stage.end - stage.start - timedelta(days=2)
    for turn in range(times):
        at = stage.start + timedelta(days=1) + span * town.random.random()
        make = (_convert, _convert, _remit)[turn % 3]
        stage.add(at, make(town, town.somebody(brand), lapses=turn % 7 == 1))
    stage.add(stage.end - timedelta(seconds=30), _rates(brand))


def _rates(brand: str) -> Story:
    """The rates of the minute in which the demo is opened."""
    actions.refresh_rates(brand)
    yield from ()


def _fund(town: Town, brand: str) -> Story:
    first, second = [one for one in town.clerks if one.role != "agent"][:2]
    for currency in profiles.get(brand).currencies:
        funding = actions.ask_funding(
            staff=first.member, brand=brand, currency=currency, amount=_STOCK, note="月初备付"
        )
        yield timedelta(minutes=5)
        asked = access.request_for(second.member, funding.approval_id)
        approvals.decide(asked, staff=second.member, approve=True, note="同意")


def _quote(town: Town, resident: Resident, kind: PaymentKind) -> Quote:
    others = [one for one in resident.brand.currencies if one != resident.currency]
    actions.refresh_rates(resident.person.brand)
    return actions.quote(
        customer=resident.customer,
        kind=kind,
        pay_currency=resident.currency,
        get_currency=town.random.choice(others),
        side=Side.PAY,
        amount=town.random.randrange(5_000, 60_000, 100),
        actor=resident.actor,
    )


def _convert(town: Town, resident: Resident, *, lapses: bool) -> Story:
    if resident.balance < 80_000:
        resident.top_up(100_000)
        yield timedelta(seconds=40)
    offer = _quote(town, resident, PaymentKind.EXCHANGE)
    yield timedelta(seconds=90 if lapses else 12)
    outcome = actions.convert(quote=offer, actor=resident.actor, key=str(ids.uuid7()))
    if outcome.ok:
        resident.balance -= offer.pay_amount + offer.fee


def _forgets(town: Town, resident: Resident) -> Story:
    """Somebody leaves out what the border asks for."""
    offer = _quote(town, resident, PaymentKind.REMITTANCE)
    yield timedelta(seconds=15)
    abroad = next(c for c in resident.brand.exchange.countries if c != resident.brand.exchange.home)
    friend = town.friend_of(resident).customer
    key = str(ids.uuid7())
    actions.remit(Wish(offer, resident.actor, key, recipient=friend, declared=Declared(abroad)))


def _remit(town: Town, resident: Resident, *, lapses: bool) -> Story:
    if resident.balance < 80_000:
        resident.top_up(100_000)
        yield timedelta(seconds=40)
    offer = _quote(town, resident, PaymentKind.REMITTANCE)
    yield timedelta(seconds=90 if lapses else 20)
    declared = town.random.choice(_DECLARED)
    countries = resident.brand.exchange.countries
    if declared.country not in countries:
        declared = Declared(resident.brand.exchange.home)
    wish = Wish(
        offer,
        resident.actor,
        str(ids.uuid7()),
        recipient=town.friend_of(resident).customer,
        declared=declared,
        note="学费" if declared.purpose == "study" else "",
    )
    if actions.remit(wish).ok:
        resident.balance -= offer.pay_amount + offer.fee
