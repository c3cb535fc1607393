"""Recalls: a payer calls a transfer or a remittance back, deceived or by mistake (row 50).

For a fresh fraud what is left of it at the recipient is held at once, of a remittance in the
currency that it brought; a supervisor decides whether it goes back. Where nothing may be held,
staff refund the payment from its case, and the recall ends with what came back so.
"""

from functools import partial
from uuid import UUID

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.kit import clock, ids, reactions, shield
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.kit.events import actions as events
from paydesk.kit.money import format_amount
from paydesk.kit.numbering import numbered
from paydesk.kit.sweeping import each
from paydesk.money.payments import accounts
from paydesk.money.payments.actions import across
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.refunds import queries, rules
from paydesk.money.refunds.actions import taking_back
from paydesk.money.refunds.models import Recall
from paydesk.money.refunds.rules import RecallWhy
from paydesk.people.models import Customer, StaffMember
from paydesk.people.permissions import Permission, require
from paydesk.people.telling import write

NUMBER_DIGITS = 12
_PREFIX = "recall:"
_TRIES = 5
_MEANWHILE = frozenset(
    {
        Reason.BALANCE_SHORT,
        Reason.BALANCE_HELD,
        Reason.NO_LIQUIDITY,
        Reason.REFUND_TOO_MUCH,
    }
)
"""Refusals that say only that something changed between the look and the lock: look again."""


class NotRecallable(ValueError):
    """This payment can't be called back (by this customer, or any more)."""


class StillHeld(NotRecallable):
    """What is held can't go back now, because one of the two accounts is frozen; nothing is
    decided."""


def recall(
    *, customer: Customer, payment: Payment, why: RecallWhy, text: str, actor: Actor
) -> Recall:
    """Call a transfer or a remittance back; asked again it is the same recall.

    Runs outside any transaction. Raises NotRecallable.
    """
    known = Recall.objects.filter(payment=payment, customer=customer).exists()
    if not known and not queries.may_recall(payment, customer):
        raise NotRecallable(payment.number)
    row = _open(customer, payment, RecallWhy(why), text, actor)
    age = clock.now() - (payment.booked_at or clock.now())
    if row.state == "open" and rules.may_hold(RecallWhy(row.why), age, payment.kind):
        _hold(row)
    return Recall.objects.get(id=row.id)


def secure(row: Recall) -> bool:
    """Hold what could not be held when it was called back, as the recipient's wallet was frozen;
    whether it was now. Runs outside any transaction; doing it again changes nothing."""
    payment = row.payment
    age = row.asked_at - (payment.booked_at or row.asked_at)
    if row.state != "open" or not rules.may_hold(RecallWhy(row.why), age, payment.kind):
        return False
    return _hold(row)


@transaction.atomic
def _open(customer: Customer, payment: Payment, why: RecallWhy, text: str, actor: Actor) -> Recall:
    given = {
        "brand": payment.brand,
        "customer": customer,
        "why": why,
        "text": shield.mask(text.strip()).text[:1000],
        "state": "open",
        "asked_at": clock.now(),
    }
    row, is_new = numbered(
        Recall,
        NUMBER_DIGITS,
        lambda number: Recall.objects.get_or_create(
            payment=payment, defaults=given | {"id": ids.uuid7(), "number": number}
        ),
    )
    if is_new:
        _tell(row, actor, "recall.asked")
        reactions.fire("recall.asked", recall_id=str(row.id), brand=row.brand)
    return row


def _hold(row: Recall) -> bool:
    """Hold what is left of the payment at the recipient; looked at again where some of it left, or
    was refunded, between the look and the lock. Decided meanwhile, the hold ends at once."""
    for _ in range(_TRIES):
        payment = Payment.objects.get(id=row.payment_id)
        amount = _there(payment)
        if amount <= 0 or row.held:
            return False
        outcome = _try_to_hold(row, amount)
        if outcome.state is PaymentState.PROCESSING:
            # Whoever decides looks for a hold again after that: one of the two sees the other.
            if _note_held(row.id, amount):
                return True
            _end_late(row.id)
            return False
        if outcome.reason not in _MEANWHILE:
            return False
    return False


def _there(payment: Payment) -> int:
    """How much of it could be held now, in minor units of what was paid."""
    left = queries.left(payment)
    if payment.kind == PaymentKind.REMITTANCE:
        return across.most(payment, left)
    return min(queries.paid(payment, None).rest, left)


def _try_to_hold(row: Recall, amount: int) -> Outcome:
    payment = row.payment
    if payment.kind == PaymentKind.REMITTANCE:
        hold = partial(taking_back.hold_across, payment)
    else:
        source, target = _wallets(payment)
        hold = partial(taking_back.hold_back, payment, source=source, target=target)
    return hold(
        amount=amount,
        purpose=row.purpose,
        reason=Reason.RECALLED,
        facts={"recall": row.number, "why": row.why},
        actor=SYSTEM(row.brand),
    )


def _wallets(payment: Payment) -> tuple[UUID, UUID]:
    assert payment.payer
    assert payment.payee
    known = accounts.chart(payment.brand, payment.payer, payment.payee)
    return known.wallet(payment.payee, payment.currency), known.wallet(
        payment.payer, payment.currency
    )


def decide_recall(row: Recall, *, staff: StaffMember, give_back: bool, answer: str = "") -> Recall:
    """Give what is held back to the payer, or set it free; the state says how much came, with what
    staff refunded since it was called back.

    Runs outside any transaction; doing it again changes nothing. Raises PermissionDenied,
    NotRecallable when it was decided otherwise, or nothing is held and nothing was refunded;
    StillHeld.
    """
    require(staff, row.brand, Permission.RECALL_DECIDE)
    actor = Actor(ActorKind.STAFF, staff.id, row.brand)
    row.refresh_from_db()
    if row.state == "open":
        held = _held(row)
        if held and not _end(row, held, give_back=give_back, actor=actor):
            raise StillHeld(row.number)
        if give_back and not queries.came_back(row):
            raise NotRecallable(row.number)
        row = _decided(row.id, actor, answer, give_back=give_back)
    elif (row.state == "refused") == give_back:
        raise NotRecallable(row.number)
    return _end_late(row.id) or row


def catch_up() -> int:
    """Note what is held of recalls that are open, where whoever held it died before that; end what
    is still held of those that were decided: a hold that came while that was done, or that could
    not go back yet, as an account was frozen. How many of both."""
    held = Payment.objects.filter(
        finished_at=None, state=PaymentState.PROCESSING, purpose__startswith=_PREFIX
    ).values_list("purpose", "amount")
    amounts = {UUID(purpose.removeprefix(_PREFIX)): amount for purpose, amount in held}
    found = Recall.objects.filter(id__in=amounts)
    unnoted = found.filter(state="open", held=0).values_list("id", flat=True)
    noted = sum(_note_held(one, amounts[one]) for one in unnoted)
    decided = found.exclude(state="open").order_by("decided_at")
    return noted + each(_end_late, list(decided.values_list("id", flat=True)))


def _note_held(recall_id: UUID, amount: int) -> bool:
    """Keep how much is held of a recall; False where it was decided meanwhile."""
    return bool(Recall.objects.filter(id=recall_id, state="open").update(held=amount))


def _held(row: Recall) -> Payment | None:
    return Payment.objects.filter(purpose=row.purpose, state=PaymentState.PROCESSING).first()


def _end(row: Recall, held: Payment, *, give_back: bool, actor: Actor) -> bool:
    """Let the held money go as is decided; False while one of the accounts is frozen."""
    facts = {"decided": "returned" if give_back else "refused"}
    to = row.payment.payer_id
    outcome = taking_back.end(held, give_back=give_back, actor=actor, facts=facts, to=to)
    return outcome.state is not PaymentState.PROCESSING


def _end_late(recall_id: UUID) -> Recall | None:
    """End a hold that came while the recall was decided, as it was decided; the recall as it stands
    then, None if there was no such hold, or it has to wait. Harmless to repeat."""
    row = Recall.objects.select_related("payment").get(id=recall_id)
    held = _held(row)
    if row.state == "open" or held is None:
        return None
    give_back = row.state != "refused"
    if not _end(row, held, give_back=give_back, actor=SYSTEM(row.brand)):
        return None
    if give_back:
        _all_came_back(row)
    return row


@transaction.atomic
def _all_came_back(row: Recall) -> None:
    """Say so of one of which only a part had come when it was decided."""
    payment = Payment.objects.get(id=row.payment_id)
    if payment.refunded < payment.taken:
        return
    if Recall.objects.filter(id=row.id, state="partly").update(state="returned"):
        row.refresh_from_db()
        _tell(row, SYSTEM(row.brand), "recall.returned")
        reactions.fire("recall.ended", recall_id=str(row.id), brand=row.brand)


@transaction.atomic
def _decided(recall_id: UUID, actor: Actor, answer: str, *, give_back: bool) -> Recall:
    row = (
        Recall.objects.select_for_update(of=("self",))
        .select_related("payment__payee", "customer__user")
        .get(id=recall_id)
    )
    if row.state != "open":
        return row
    whole = row.payment.refunded >= row.payment.taken
    row.state = ("returned" if whole else "partly") if give_back else "refused"
    row.decided_at, row.decided_by = clock.now(), str(actor)
    row.answer = shield.mask(answer.strip()).text[:500]
    row.save()
    _tell(row, actor, f"recall.{row.state}")
    if not give_back:
        _write_refused(row)
    reactions.fire("recall.ended", recall_id=str(row.id), brand=row.brand)
    return row


def _write_refused(row: Recall) -> None:
    """What came back is told with its refund; that nothing does, and what is left to do, here."""
    payment = row.payment
    rest = payment.taken - payment.refunded
    if rest <= 0:
        return
    write(
        row.customer,
        "refunds/recall_refused",
        {
            "number": row.number,
            "payment": payment.number,
            "amount": format_amount(rest, payment.currency),
            "answer": row.answer,
            "gone": "yes" if queries.is_gone(payment) else "",
        },
    )


def _tell(row: Recall, actor: Actor, action: str) -> None:
    events.publish(
        brand=row.brand,
        kind="recall.changed",
        subject=f"recall:{row.id}",
        audience=[f"customer:{row.customer_id}", f"desk:{row.brand}"],
        actor=actor,
        payload={"recall": row.number, "state": row.state},
    )
    audit.record(
        brand=row.brand,
        actor=actor,
        action=action,
        subject=f"recall:{row.id}",
        details={"payment": row.payment_id, "why": row.why, "held": row.held},
    )
