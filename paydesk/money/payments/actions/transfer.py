"""Money from one customer to another of the same brand. Every refusal is a recorded payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from paydesk.brands import profiles
from paydesk.kit import ids
from paydesk.kit.actors import Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes, fees, limits
from paydesk.money.payments.actions import asking
from paydesk.money.payments.checks import CanReceive, CanSend, Check, NotRepeated
from paydesk.money.payments.contacts import masked
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.rules import DUPLICATE_WINDOW
from paydesk.money.payments.screening import screened
from paydesk.money.payments.states import PaymentKind
from paydesk.money.payments.submit import submit
from paydesk.people import queries as people
from paydesk.people.models import Customer

COMPONENT = "transfer"


@dataclass(frozen=True, slots=True)
class TransferWish:
    """What `transfer` is asked for. `recipient`: a customer, or an e-mail address, phone or
    customer number as typed; `amount` in minor units; `key` the client's own for this request:
    the same key and content answer the first result. `again`: an equal transfer moments ago was
    meant to be repeated (row 17)."""

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


@asking.with_fields_of(TransferWish)
def transfer(wish: TransferWish) -> Outcome:
    """Send money to another customer of the brand.

    Raises plans.RequestConflict, plans.InsideTransaction, ValueError for an amount or currency
    that no form lets through.
    """
    return submit(plan_transfer(wish))


def plan_transfer(wish: TransferWish) -> Plan:
    """The plan that `transfer` submits; errors as there."""
    [plan] = plan_transfers([wish])
    return plan


def plan_transfers(wishes: Sequence[TransferWish]) -> list[Plan]:
    """Plans for wishes at one moment, in their order, with few look-ups for all together.

    Errors as of `transfer`; ValueError for payers of several brands.
    """
    if not wishes:
        return []
    [brand] = [profiles.get(code) for code in {wish.payer.brand for wish in wishes}]
    for wish in wishes:
        asking.check_amount(wish.amount, brand, wish.currency)
    payees = [_payee(wish) for wish in wishes]
    sides = {one.id: one for one in (*(wish.payer for wish in wishes), *payees) if one}
    known = accounts.chart(brand.code, *sides.values())
    stopped = {
        version: asking.circumstances(brand, COMPONENT, version)
        for version in {wish.client_version for wish in wishes}
    }
    return [
        _plan(wish, payee, known, *stopped[wish.client_version])
        for wish, payee in zip(wishes, payees, strict=True)
    ]


def _plan(
    wish: TransferWish,
    payee: Customer | None,
    known: accounts.Chart,
    refusal: Refusal | None,
    notice: UUID | None,
) -> Plan:
    brand = profiles.get(wish.payer.brand)
    new = _new(wish, payee, notice)
    refusal = refusal or _impossible(wish, payee, known)
    if refusal or payee is None:
        return Plan(brand.code, wish.actor, new, refusal=refusal)
    source = known.wallet(wish.payer, wish.currency)
    target = known.wallet(payee, wish.currency)
    house = known.fees(wish.currency) if new.fee else None
    locked = (source, target, house) if house else (source, target)
    checks = _checks(wish, payee, source, target)
    items = _items(new, source, target, house)
    return Plan(brand.code, wish.actor, new, locked, checks, items)


def _payee(wish: TransferWish) -> Customer | None:
    if isinstance(wish.recipient, Customer):
        return wish.recipient
    return people.find_customer(wish.payer.brand, wish.typed)


def _new(wish: TransferWish, payee: Customer | None, notice: UUID | None) -> NewPayment:
    brand = profiles.get(wish.payer.brand)
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
        fee=fees.fee(brand, PaymentKind.TRANSFER, wish.amount, wish.currency),
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


def _checks(wish: TransferWish, payee: Customer, source: UUID, target: UUID) -> tuple[Check, ...]:
    """What is checked under the locks."""
    repeated = NotRepeated(wish.payer.id, payee.id, DUPLICATE_WINDOW)
    return (
        CanSend(source, wish.payer.id),
        CanReceive(target, payee.id),
        *limits.checks(wish.payer, wish.currency),
        *(() if wish.again else (repeated,)),
        *asking.retried_once(
            wish.retry_of, payee_id=payee.id, amount=wish.amount, currency=wish.currency
        ),
        screened(wish.payer.id, payee.id),
    )


def _items(new: NewPayment, source: UUID, target: UUID, house: UUID | None) -> tuple[Item, ...]:
    """The transfer, and with it the fee where there is one."""
    main = Item(new.id, Kind.PLAIN, source, target, new.amount, codes.TRANSFER, linked=bool(house))
    if house is None:
        return (main,)
    fee = Item(ids.sibling(new.id, "fee"), Kind.PLAIN, source, house, new.fee, codes.FEE)
    return (main, fee)
