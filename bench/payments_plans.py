"""Plans of the payments benchmark: transfers between customers, with the checks that all have."""

import random
from uuid import UUID

from paydesk.kit import ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.ledger.models import Account
from paydesk.money.ledger.rules import AccountCode, Item, Kind
from paydesk.money.payments import codes
from paydesk.money.payments.checks import CanReceive, CanSend, Period, PeriodLimit, SingleLimit
from paydesk.money.payments.plans import Asked, NewPayment, Outcome, Plan
from paydesk.money.payments.rules import digest
from paydesk.money.payments.states import PaymentKind
from paydesk.money.payments.submit import submit_many

BRAND, CURRENCY, ZONE = "topay", "CNY", "Asia/Shanghai"
LIMIT = 10**12

Side = tuple[UUID, UUID]


def sides() -> list[Side]:
    """Every customer's id and wallet."""
    found = Account.objects.filter(brand=BRAND, code=AccountCode.CUSTOMER_WALLET)
    return [(owner, wallet) for owner, wallet in found.values_list("owner", "id") if owner]


def submit(batch: int, pick: random.Random, among: list[Side]) -> int:
    """Submit that many transfers between different customers; answers how many. Raises
    RuntimeError unless all succeed."""
    chosen = pick.sample(among, 2 * batch)
    plans = [plan(chosen[n], chosen[n + batch], pick.randint(1, 100)) for n in range(batch)]
    for done in submit_many(plans):
        if not isinstance(done, Outcome) or not done.ok:
            raise RuntimeError(f"{done}")
    return batch


def plan(payer: Side, payee: Side, amount: int) -> Plan:
    """One transfer of `amount` minor units."""
    actor = Actor(ActorKind.CUSTOMER, payer[0], BRAND)
    content = {"kind": "transfer", "to": str(payee[0]), "amount": amount, "currency": CURRENCY}
    payment = ids.uuid7()
    new = NewPayment(
        id=payment,
        number=ids.public_number(14),
        kind=PaymentKind.TRANSFER,
        amount=amount,
        currency=CURRENCY,
        asked=Asked(str(actor), str(ids.uuid7()), digest(content)),
        payer=payer[0],
        payee=payee[0],
    )
    checks = (
        CanSend(payer[1], payer[0]),
        CanReceive(payee[1], payee[0]),
        SingleLimit(LIMIT),
        PeriodLimit(payer[0], CURRENCY, LIMIT, ZONE, Period.DAY),
        PeriodLimit(payer[0], CURRENCY, LIMIT, ZONE, Period.MONTH),
    )
    item = Item(payment, Kind.PLAIN, payer[1], payee[1], amount, codes.TRANSFER)
    return Plan(BRAND, actor, new, (payer[1], payee[1]), checks, (item,))
