"""Paying an order from the wallet; taking or releasing what was only reserved.

The payment is what happened; the order follows it by `payments.written`, in the same transaction.
"""

from dataclasses import dataclass
from uuid import UUID

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.kit.sweeping import each
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.orders.models import Order
from paydesk.money.orders.rules import HOLD_LASTS, Capture, OrderState, purpose_of_order
from paydesk.money.payments import accounts, codes, fees, limits
from paydesk.money.payments.actions import asking
from paydesk.money.payments.actions.review import endings, holds_of
from paydesk.money.payments.checks import CanReceive, CanSend, Check, NotAfter, Once
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan, Settlement
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.screening import screened
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people.models import Customer

COMPONENT = "purchase"
BATCH = 100


class NotAuthorised(ValueError):
    """There is no reserved money to take or to release; `state` is the order's."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, slots=True)
class Pay:
    """A customer's wish to pay an order."""

    order: Order
    payer: Customer
    actor: Actor
    key: str
    client_version: str = ""
    retry_of: Payment | None = None


def pay_order(wish: Pay) -> Outcome:
    """Pay an order from the payer's wallet; reserve the money where the merchant takes it later.

    Raises plans.RequestConflict, plans.InsideTransaction, ValueError for a test order.
    """
    return submit(plan_purchase(wish))


def plan_purchase(wish: Pay) -> Plan:
    """The plan that `pay_order` submits; errors as there."""
    order, brand = wish.order, profiles.get(wish.order.brand)
    if not order.live or order.brand != wish.payer.brand:
        raise ValueError("test money, or another brand's order, is never paid from a wallet")
    refusal, notice = asking.circumstances(brand, COMPONENT, wish.client_version)
    manual = order.capture == Capture.MANUAL
    new = NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.PURCHASE,
        amount=order.amount,
        fee=fees.fee(brand, PaymentKind.PURCHASE, order.amount, order.currency),
        currency=order.currency,
        asked=asking.asked(wish.actor, wish.key, {"kind": COMPONENT, "order": str(order.id)}),
        payer=wish.payer.id,
        merchant=order.merchant_id,
        purpose=purpose_of_order(order.id),
        recipient_shown=order.merchant.name,
        details={"order": str(order.id), "reference": order.reference, "capture": order.capture},
        note=order.description,
        client_version=wish.client_version[: asking.VERSION_LENGTH],
        notice=notice,
        retry_of=wish.retry_of.id if wish.retry_of else None,
        state=PaymentState.PROCESSING if manual else PaymentState.SUCCEEDED,
    )
    refusal = refusal or closed(order)
    if refusal:
        return Plan(brand.code, wish.actor, new, refusal=refusal)
    known = accounts.chart(brand.code, wish.payer, order.merchant)
    source = known.wallet(wish.payer, order.currency)
    target = known.merchant(order.merchant, order.currency)
    house = known.fees(order.currency) if new.fee else None
    locked = (source, target, house) if house else (source, target)
    checks = _checks(wish, new.purpose, source, target)
    return Plan(brand.code, wish.actor, new, locked, checks, _items(new, source, target, house))


def _checks(wish: Pay, purpose: str, source: UUID, target: UUID) -> tuple[Check, ...]:
    order = wish.order
    return (
        Once(purpose),
        NotAfter(order.expires_at, Reason.ORDER_CLOSED, _facts(order)),
        CanSend(source, wish.payer.id),
        CanReceive(target, order.merchant_id),
        *limits.checks(wish.payer, order.currency),
        screened(wish.payer.id, order.merchant_id, behind=order.merchant.owner_id),
    )


def _items(new: NewPayment, source: UUID, target: UUID, house: UUID | None) -> tuple[Item, ...]:
    """What moves, or is reserved until the merchant takes it; with it the fee, if there is one."""
    held = new.state is PaymentState.PROCESSING
    kind = Kind.HOLD if held else Kind.PLAIN
    until = clock.now() + HOLD_LASTS if held else None
    main = Item(
        new.id, kind, source, target, new.amount, codes.PURCHASE, house is not None,
        expires_at=until,
    )  # fmt: skip
    if house is None:
        return (main,)
    fee = ids.sibling(new.id, "fee")
    return main, Item(fee, kind, source, house, new.fee, codes.FEE, expires_at=until)


def closed(order: Order) -> Refusal | None:
    """Why an order can't be paid any more (row 22): cancelled or expired. One that is paid
    already is found under the locks (row 17)."""
    if order.state in {OrderState.CANCELLED, OrderState.EXPIRED}:
        return Refusal(Reason.ORDER_CLOSED, dict(_facts(order)))
    return None


def _facts(order: Order) -> tuple[tuple[str, str], ...]:
    at = order.closed_at or order.expires_at
    return ("order", str(order.id)), ("closed_at", at.isoformat())


def capture(order: Order, amount: int | None, *, actor: Actor) -> Outcome:
    """Take `amount` minor units (None: all) of what is reserved; the rest is the payer's again.

    The outcome's reason is hold_expired (row 18) when it comes too late. Asked again, it answers
    what was taken. Raises NotAuthorised, ValueError for more than is reserved.
    """
    payment = _authorised(order)
    if amount is not None and not 0 < amount <= payment.amount:
        raise ValueError(f"only {payment.amount} is reserved")
    taken = amount if amount is not None and amount < payment.amount else None
    if order.hold_expires_at and order.hold_expires_at <= clock.now():
        return _expire(order, actor)  # of one that ended otherwise it changes nothing
    said = Settlement(payment.id, None, PaymentState.SUCCEEDED, None, captured=taken)
    return submit(ending(payment, said, Kind.POST, actor, taken))


def void(order: Order, *, actor: Actor) -> Outcome:
    """Release what is reserved; the order is cancelled. Raises NotAuthorised."""
    payment = _authorised(order)
    said = Settlement(payment.id, None, PaymentState.CANCELLED, None)
    return submit(ending(payment, said, Kind.VOID, actor))


def expire_holds() -> int:
    """Release reservations whose time is over (row 18); answers how many."""
    due = Order.objects.filter(
        live=True, state=OrderState.AUTHORISED, hold_expires_at__lte=clock.now()
    )
    orders = due.select_related("merchant", "payment").order_by("hold_expires_at")[:BATCH]
    return each(_expire_due, list(orders))


def _expire_due(order: Order) -> bool:
    return _expire(order, SYSTEM(order.brand)).state is PaymentState.FAILED


def _expire(order: Order, actor: Actor) -> Outcome:
    payment = _authorised(order)
    assert order.hold_expires_at
    facts = {"hold": str(payment.id), "expired_at": order.hold_expires_at.isoformat()}
    failed = PaymentState.FAILED
    said = Settlement(payment.id, None, failed, None, reason=Reason.HOLD_EXPIRED, facts=facts)
    return submit(ending(payment, said, Kind.EXPIRE, actor))


def _authorised(order: Order) -> Payment:
    payment = order.payment
    if payment is None or order.capture != Capture.MANUAL:
        raise NotAuthorised(order.state)
    return payment


def ending(
    payment: Payment, said: Settlement, kind: Kind, actor: Actor, taken: int | None = None
) -> Plan:
    """The plan that ends what a payment reserved: posts (`taken` of it), voids or expires it."""
    held = holds_of(payment)
    items = endings(payment, held, kind, taken)
    locked = tuple({account: None for one in items for account in (one.debit, one.credit)})
    return Plan(payment.brand, actor, said, locked, items=items)
