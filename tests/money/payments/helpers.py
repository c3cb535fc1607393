"""Money for tests, moved by the real actions."""

from typing import Any

from paydesk.brands import profiles
from paydesk.kit import ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.ledger import queries as ledger
from paydesk.money.payments import accounts, actions
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import PaymentState
from paydesk.people.models import Customer, StaffMember

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


def top_up(
    customer: Customer, amount: int = 10_000, *, token: str = CARD, **more: Any
) -> Outcome:
    """Top up with a test instrument; amounts in minor units."""
    values = {"currency": CURRENCY, "actor": customer_actor(customer), "key": key()} | more
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
    values = {"currency": CURRENCY, "actor": customer_actor(payer), "key": key()} | more
    return actions.transfer(payer=payer, recipient=recipient, amount=amount, **values)


def available(customer: Customer, currency: str = CURRENCY) -> int:
    """What the wallet can spend, in minor units; 0 where there is none."""
    account = accounts.wallet(customer, currency)
    return ledger.balance(account).available if account else 0
