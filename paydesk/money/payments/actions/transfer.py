"""Money from one customer to another of the same brand. Every refusal is a recorded payment."""

from dataclasses import dataclass
from uuid import UUID

from paydesk.brands import profiles
from paydesk.brands.profile import Brand
from paydesk.kit import ids
from paydesk.kit.actors import Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.actions import asking
from paydesk.money.payments.contacts import masked
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import (
    CanReceive,
    CanSend,
    Check,
    DayLimit,
    NewPayment,
    NotRepeated,
    Outcome,
    Plan,
    SingleLimit,
)
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.rules import DUPLICATE_WINDOW
from paydesk.money.payments.states import PaymentKind
from paydesk.money.payments.submit import submit
from paydesk.people import queries as people
from paydesk.people.models import Customer

COMPONENT = "transfer"


def transfer(
    *,
    payer: Customer,
    recipient: str | Customer,
    amount: int,
    currency: str,
    actor: Actor,
    key: str,
    note: str = "",
    client_version: str = "",
    again: bool = False,
    retry_of: Payment | None = None,
) -> Outcome:
    """Send `amount` minor units to a recipient given by e-mail, phone or customer number.

    `key` is the client's own for this request: the same key and content answer the first result.
    `again` says that an equal transfer moments ago was meant to be repeated (row 17). Raises
    plans.RequestConflict, plans.InsideTransaction, ValueError for an amount or currency that no
    form lets through.
    """
    return submit(
        plan_transfer(
            TransferWish(
                payer=payer,
                recipient=recipient,
                amount=amount,
                currency=currency,
                actor=actor,
                key=key,
                note=note,
                client_version=client_version,
                again=again,
                retry_of=retry_of,
            )
        )
    )


@dataclass(frozen=True, slots=True)
class TransferWish:
    """What `transfer` is asked for."""

    payer: Customer
    recipient: str | Customer
    amount: int
    currency: str
    actor: Actor
    key: str
    note: str = ""
    client_version: str = ""
    again: bool = False
    retry_of: Payment | None = None

    @property
    def typed(self) -> str:
        """The recipient as typed; empty when it was chosen."""
        return "" if isinstance(self.recipient, Customer) else self.recipient.strip()


def plan_transfer(wish: TransferWish) -> Plan:
    """The plan that `transfer` submits; errors as there."""
    brand = profiles.get(wish.payer.brand)
    asking.check_amount(wish.amount, brand, wish.currency)
    payee = _payee(wish)
    refusal, notice = asking.circumstances(brand, COMPONENT, wish.client_version)
    new = _new(wish, payee, notice)
    known = accounts.chart(brand.code, wish.payer, *([payee] if payee else []))
    refusal = refusal or _impossible(wish, payee, known)
    if refusal or payee is None:
        return Plan(brand.code, wish.actor, new, refusal=refusal)
    source = known.wallet(wish.payer, wish.currency)
    target = known.wallet(payee, wish.currency)
    item = Item(new.id, Kind.PLAIN, source, target, wish.amount, codes.TRANSFER)
    sides = (wish.payer.id, source), (payee.id, target)
    checks = _checks(*sides, brand, wish.currency, again=wish.again)
    return Plan(brand.code, wish.actor, new, (source, target), checks, (item,))


def _payee(wish: TransferWish) -> Customer | None:
    if isinstance(wish.recipient, Customer):
        return wish.recipient
    return people.find_customer(wish.payer.brand, wish.typed)


def _new(wish: TransferWish, payee: Customer | None, notice: UUID | None) -> NewPayment:
    content = {
        "kind": COMPONENT,
        "to": str(payee.id) if payee else wish.typed,
        "amount": wish.amount,
        "currency": wish.currency,
        "note": wish.note,
        "again": wish.again,
    }
    return NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.TRANSFER,
        amount=wish.amount,
        currency=wish.currency,
        asked=asking.asked(wish.actor, wish.key, content),
        payer=wish.payer.id,
        payee=payee.id if payee else None,
        recipient_shown=masked(wish.typed),
        note=asking.clean_note(wish.note),
        retry_of=wish.retry_of.id if wish.retry_of else None,
        client_version=wish.client_version[: asking.VERSION_LENGTH],
        notice=notice,
    )


def _impossible(
    wish: TransferWish, payee: Customer | None, known: accounts.Chart
) -> Refusal | None:
    """What no lock is needed to know about the two sides."""
    if payee is None or payee.brand != wish.payer.brand:
        return Refusal(Reason.RECIPIENT_UNKNOWN)
    if payee.id == wish.payer.id:
        return Refusal(Reason.TO_SELF)
    if payee.closed_at:
        return Refusal(Reason.RECIPIENT_CLOSED, {"closed_at": payee.closed_at.isoformat()})
    takes = known.currencies(payee)
    if wish.currency not in takes:
        facts = {"currency": wish.currency, "takes": sorted(takes)}
        return Refusal(Reason.CURRENCY_DIFFERS, facts)
    return None


def _checks(
    payer: tuple[UUID, UUID], payee: tuple[UUID, UUID], brand: Brand, currency: str, *, again: bool
) -> tuple[Check, ...]:
    """What is checked under the locks; a side is a customer's id and their account."""
    limits = brand.limits[currency]
    checks: list[Check] = [
        CanSend(customer=payer[0], account=payer[1]),
        CanReceive(customer=payee[0], account=payee[1]),
        SingleLimit(limits.transfer_single),
        DayLimit(payer[0], currency, limits.transfer_day, brand.timezone),
    ]
    if not again:
        checks.append(NotRepeated(payer[0], payee[0], DUPLICATE_WINDOW))
    return tuple(checks)
