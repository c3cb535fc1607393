"""Paying a bill: the money is held, then the biller is asked to accept it.

The wish commits before anybody is asked, so whatever is lost on the way is asked about again.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from paydesk.brands import profiles
from paydesk.kit import ids
from paydesk.kit.actors import Actor
from paydesk.money.bills.actions.asking import ask
from paydesk.money.bills.directory import Biller
from paydesk.money.bills.references import Flaw
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes, fees, limits, screening
from paydesk.money.payments.actions import asking
from paydesk.money.payments.checks import CanSend, Check, Once
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people.models import Customer

COMPONENT = "bill"


class BillRefused(ValueError):
    """A reference or an amount that this biller does not take; nothing was recorded."""

    def __init__(self, flaw: Flaw | None = None) -> None:
        super().__init__(flaw.value if flaw else "amount")
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class BillWish:
    """What `pay_bill` is asked for. `reference` is cleaned; `amount` in minor units of the
    biller's currency; `bill_number` as looked up, empty where anything may be paid; `purpose`:
    set by whoever pays for a reason of its own (a schedule)."""

    customer: Customer
    biller: Biller
    reference: str
    amount: int
    actor: Actor
    key: str
    bill_number: str = ""
    client_version: str = ""
    retry_of: Payment | None = None
    purpose: str = ""


def pay_bill(wish: BillWish) -> Outcome:
    """Pay a bill. The outcome may be unknown or processing: then it goes on by itself.

    Raises BillRefused, plans.RequestConflict, plans.InsideTransaction, ValueError for an amount
    that no form lets through.
    """
    outcome = submit(plan_bill(wish))
    if outcome.state is not PaymentState.PROCESSING or outcome.repeated:
        return outcome
    return ask(outcome.id, wish.actor) or outcome


def plan_bill(wish: BillWish) -> Plan:
    """The plan that `pay_bill` submits: a hold for the biller. Errors as there."""
    biller, brand = wish.biller, profiles.get(wish.customer.brand)
    asking.check_amount(wish.amount, brand, biller.currency)
    if flaw := biller.flaw(wish.reference):
        raise BillRefused(flaw)
    if not biller.takes(wish.amount):
        raise BillRefused
    refusal, notice = asking.circumstances(brand, COMPONENT, wish.client_version)
    known = accounts.chart(brand.code, wish.customer)
    source = known.wallet(wish.customer, biller.currency)
    target = known.clearing(biller.currency, clearing_name(biller))
    fee = fees.fee(brand, PaymentKind.BILL, wish.amount, biller.currency)
    new = _new(wish, fee, notice, source=source, target=target)
    items = [Item(new.id, Kind.HOLD, source, target, wish.amount, codes.BILL)]
    locked = [source, target]
    if fee:
        locked.append(known.fees(biller.currency))
        items = [
            items[0]._replace(linked=True),
            Item(ids.sibling(new.id, "fee"), Kind.HOLD, source, locked[-1], fee, codes.FEE),
        ]
    checks = _checks(wish, new.purpose, source)
    return Plan(brand.code, wish.actor, new, tuple(locked), checks, tuple(items), refusal=refusal)


def clearing_name(biller: Biller) -> str:
    """What the account is called through which a biller is paid."""
    return f"biller:{biller.code}"


def _checks(wish: BillWish, purpose: str, source: UUID) -> tuple[Check, ...]:
    checks: list[Check] = [CanSend(customer=wish.customer.id, account=source)]
    if wish.bill_number or wish.purpose:
        checks.append(Once(purpose))  # every payment of a bill locks its biller's account
    checks += limits.checks(wish.customer, wish.biller.currency)
    checks += asking.retried_once(
        wish.retry_of,
        purpose=purpose,  # names biller, reference and bill
        amount=wish.amount,
        currency=wish.biller.currency,
    )
    return (*checks, screening.screened(wish.customer.id))


def _new(
    wish: BillWish, fee: int, notice: UUID | None, *, source: UUID, target: UUID
) -> NewPayment:
    content: dict[str, Any] = {
        "kind": COMPONENT,
        "biller": wish.biller.code,
        "reference": wish.reference,
        "bill": wish.bill_number,
        "amount": wish.amount,
    }
    named = f"bill:{wish.biller.code}:{wish.reference}"
    return NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.BILL,
        amount=wish.amount,
        currency=wish.biller.currency,
        fee=fee,
        asked=asking.asked(wish.actor, wish.key, content),
        payer=wish.customer.id,
        purpose=wish.purpose or (f"{named}:{wish.bill_number}" if wish.bill_number else named),
        details={
            "source": str(source),
            "target": str(target),
            "biller": wish.biller.code,
            "reference": wish.reference,
            "bill": wish.bill_number,
        },
        recipient_shown=wish.biller.name(wish.customer.user.lang),
        retry_of=wish.retry_of.id if wish.retry_of else None,
        client_version=wish.client_version[: asking.VERSION_LENGTH],
        notice=notice,
        state=PaymentState.PROCESSING,
    )
