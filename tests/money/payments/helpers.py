"""Money for tests, moved by the real actions."""

from datetime import datetime, timedelta
from typing import Any

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.ledger import queries as ledger
from paydesk.money.payments import accounts, actions
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import PaymentState
from paydesk.people import actions as people
from paydesk.people.models import Customer, StaffMember
from paydesk.people.rules import UNFREEZE, ApprovedDecision
from paydesk.status import actions as status
from paydesk.status.models import Notice

CURRENCY = "CNY"
CARD = "sim_card_4242"


def customer_actor(customer: Customer) -> Actor:
    """The customer as the one who acts."""
    return Actor(ActorKind.CUSTOMER, customer.id, customer.brand)


def staff_actor(staff: StaffMember, brand: str = "topay") -> Actor:
    """A staff member as the one who acts."""
    return Actor(ActorKind.STAFF, staff.id, brand)


def key() -> str:
    """A fresh request key."""
    return str(ids.uuid7())


def top_up(customer: Customer, amount: int = 10_000, *, token: str = CARD, **more: Any) -> Outcome:
    """Top up with a test instrument; amounts in minor units."""
    values: dict[str, Any] = {"actor": customer_actor(customer), "key": key()}
    values |= {"currency": CURRENCY} | more
    return actions.topup(customer=customer, token=token, amount=amount, **values)


def fund(customer: Customer, amount: int, currency: str = CURRENCY) -> None:
    """Put money into a wallet by top-ups within the brand's limit."""
    most = profiles.get(customer.brand).limits[currency].topup_max
    while amount > 0:
        outcome = top_up(customer, min(amount, most), currency=currency)
        assert outcome.state is PaymentState.SUCCEEDED, outcome
        amount -= most


def send(payer: Customer, recipient: str | Customer, amount: int, **more: Any) -> Outcome:
    """Transfer minor units."""
    values: dict[str, Any] = {"actor": customer_actor(payer), "key": key()}
    values |= {"currency": CURRENCY} | more
    return actions.transfer(payer=payer, recipient=recipient, amount=amount, **values)


def available(customer: Customer, currency: str = CURRENCY) -> int:
    """What the wallet can spend, in minor units; 0 where there is none."""
    account = accounts.wallet(customer, currency)
    return ledger.balance(account).available if account else 0


def notice(kind: str, component: str, until: datetime | None, brand: str = "topay") -> Notice:
    """Open a notice about a component, from a minute ago."""
    return status.open_notice(
        brand=brand,
        kind=kind,
        components=[component],
        starts_at=clock.now() - timedelta(minutes=1),
        ends_at=until,
        title={"zh": "公告", "en": "A notice"},
        body={"zh": "说明", "en": "About it"},
        actor=SYSTEM(brand),
    )


def approve_unfreeze(customer: Customer) -> None:
    """Lift a customer's freezes as a second person's decision would."""
    decision = ApprovedDecision(
        request_id=ids.uuid7(),
        action=UNFREEZE,
        subject=f"customer:{customer.id}",
        requested_by=ids.uuid7(),
        requested_at=clock.now(),
        approved_by=ids.uuid7(),
        approved_at=clock.now(),
    )
    people.lift_freeze(customer, actor=SYSTEM(customer.brand), approval=decision)
