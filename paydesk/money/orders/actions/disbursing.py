"""Merchants' money to customers: plans for many wishes at once, in a few look-ups.

A wish that can't be carried out is a recorded, failed payment with its reason; only what is no
wish at all (a schema's matter) is not recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from msgspec import Struct

from paydesk.brands import profiles
from paydesk.kit import ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode, Item, Kind
from paydesk.money.orders.rules import Wanted, amount_refusal
from paydesk.money.payments import codes
from paydesk.money.payments.actions import asking
from paydesk.money.payments.checks import CanReceive, CanSend
from paydesk.money.payments.contacts import masked
from paydesk.money.payments.plans import NewPayment, Plan
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.screening import on_lists
from paydesk.money.payments.states import PaymentKind
from paydesk.people.lookups import Found, find_customers

COMPONENT = "disbursement"


class DisburseWish(Struct, frozen=True):
    """One payment that a merchant wants to make. `owner`: the customer who acts for it. `amount`:
    minor units, or a number that is none (then it is recorded as refused)."""

    brand: str
    merchant: UUID
    owner: UUID | None
    recipient: str  # e-mail address, phone or customer number
    amount: int | float
    currency: str
    reference: str
    note: str
    key: str


@dataclass(frozen=True, slots=True)
class _World:
    """What was found for a batch of wishes."""

    recipients: dict[tuple[str, str], Found]  # by brand and text
    accounts: dict[tuple[UUID, str], UUID]  # by owner and currency
    stopped: dict[str, tuple[Refusal | None, UUID | None]]  # by brand: maintenance, open notice
    actors: dict[tuple[str, UUID], Actor]  # by brand and merchant


def plan_disbursements(wishes: Sequence[DisburseWish]) -> list[Plan]:
    """One plan for each wish, in their order. Raises ValueError for a currency or a key that no
    schema lets through."""
    world = _look(wishes)
    new_ids = ids.uuid7s(len(wishes))
    return [_plan(wish, new, world) for wish, new in zip(wishes, new_ids, strict=True)]


def _look(wishes: Sequence[DisburseWish]) -> _World:
    recipients: dict[tuple[str, str], Found] = {}
    accounts: dict[tuple[UUID, str], UUID] = {}
    stopped = {}
    for brand in {wish.brand for wish in wishes}:
        ours = [wish for wish in wishes if wish.brand == brand]
        found = find_customers(brand, {wish.recipient for wish in ours})
        recipients |= {(brand, text): who for text, who in found.items()}
        owners = [*{who.id for who in found.values()}, *{wish.merchant for wish in ours}]
        kinds = (AccountCode.CUSTOMER_WALLET, AccountCode.MERCHANT)
        accounts |= ledger.accounts_by_owner(brand, owners, kinds)
        stopped[brand] = asking.circumstances(profiles.get(brand), COMPONENT, "")
    payers = {(wish.brand, wish.merchant) for wish in wishes}
    actors = {(brand, who): Actor(ActorKind.MERCHANT, who, brand) for brand, who in payers}
    return _World(recipients, accounts, stopped, actors)


def _plan(wish: DisburseWish, new_id: UUID, world: _World) -> Plan:
    brand = profiles.get(wish.brand)
    if wish.currency not in brand.currencies:
        raise ValueError(f"{brand.code} has no {wish.currency}")
    actor = world.actors[wish.brand, wish.merchant]
    refusal, notice = world.stopped[wish.brand]
    who = world.recipients.get((wish.brand, wish.recipient))
    source = world.accounts.get((wish.merchant, wish.currency))
    target = world.accounts.get((who.id, wish.currency)) if who else None
    new = _new(wish, new_id, actor, who, notice)
    refusal = refusal or _impossible(wish, who, source, target)
    if refusal or who is None or source is None or target is None:
        return Plan(wish.brand, actor, new, refusal=refusal)
    item = Item(new.id, Kind.PLAIN, source, target, new.amount, codes.DISBURSEMENT)
    checks = (
        CanSend(source, wish.merchant),
        CanReceive(target, who.id),
        on_lists(wish.owner or who.id, who.id),
    )
    return Plan(wish.brand, actor, new, (source, target), checks, (item,))


def _new(
    wish: DisburseWish, new_id: UUID, actor: Actor, who: Found | None, notice: UUID | None
) -> NewPayment:
    content = {
        "kind": COMPONENT,
        "to": wish.recipient,
        "amount": wish.amount,
        "currency": wish.currency,
        "reference": wish.reference,
        "note": wish.note,
    }
    return NewPayment(
        id=new_id,
        number=asking.public_number(),
        kind=PaymentKind.DISBURSEMENT,
        amount=max(int(wish.amount), 1),
        currency=wish.currency,
        asked=asking.asked(actor, wish.key, content),
        payee=who.id if who else None,
        merchant=wish.merchant,
        details={"reference": wish.reference},
        recipient_shown=masked(wish.recipient),
        note=asking.clean_note(wish.note) if wish.note else "",
        notice=notice,
    )


def _impossible(
    wish: DisburseWish, who: Found | None, source: UUID | None, target: UUID | None
) -> Refusal | None:
    """What no lock is needed to know."""
    wrong = amount_refusal(Wanted(wish.amount, wish.currency))
    if wrong:
        return wrong
    if who is None:
        return Refusal(Reason.RECIPIENT_UNKNOWN)
    if who.closed_at:
        return Refusal(Reason.RECIPIENT_CLOSED, {"closed_at": who.closed_at.isoformat()})
    if target is None:
        return Refusal(Reason.CURRENCY_DIFFERS, {"currency": wish.currency, "takes": []})
    if source is None:
        facts = {"amount": wish.amount, "currency": wish.currency, "available": 0, "posted": 0}
        return Refusal(Reason.BALANCE_SHORT, facts | {"held": 0, "short": wish.amount})
    return None
