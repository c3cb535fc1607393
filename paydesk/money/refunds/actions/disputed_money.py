"""The money of a dispute: what is held until the bank decides, and who pays once it has (row 49).

Three payments at most bring it back, each of them once: what was held of the one who got the
charge, what came to him by the end, and what the house bears of it. Each names the others in its
checks, so that their sum is right whoever is told at the same moment.

What was charged for a payment that did not succeed lies with nobody, until staff credit it as
received: until then nothing is held or taken, and a lost dispute waits, listed likewise. Then the
dispute is about that credit. What staff had paid back by bank instead is out of reach: the house
bears it.

A frozen account gives nothing, and the ledger knows no exception to that. Nor can the money leave
it meanwhile: so nothing is tried then, a sweep comes again, and a lost dispute that waits so is
listed for staff until it is settled. The house pays for whoever has nothing, never for a freeze.

For this package's actions only.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.kit.sweeping import each
from paydesk.money.ledger import actions as ledger_actions
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.models import Account
from paydesk.money.ledger.rules import AccountCode, AccountFlag
from paydesk.money.payments import accounts
from paydesk.money.payments.actions import reconcile
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import Direction, PaymentKind, PaymentState
from paydesk.money.refunds import queries
from paydesk.money.refunds.actions import taking_back, telling
from paydesk.money.refunds.models import Dispute
from paydesk.money.refunds.rules import ENDED, UNDECIDED, Paid

_PREFIX = "dispute:"
_TRIES = 5  # of one telling; the sweep goes on where others were faster each time
_MEANWHILE = frozenset(
    {
        Reason.BALANCE_SHORT,
        Reason.BALANCE_HELD,
        Reason.MERCHANT_SHORT,
        Reason.REFUND_TOO_MUCH,
        Reason.DUPLICATE,
    }
)
"""Refusals that say only that something changed between the look and the lock: look again."""


def secure(row: Dispute) -> bool:
    """Hold what there is of the disputed money; whether it was held now. What is missing may still
    come until the bank decides."""
    if not _has_arrived(row) or _is_out(row):
        return False
    source, target = _sides(row)
    due = row.due_at.isoformat() if row.due_at else None
    for _ in range(_TRIES):
        if queries.dispute_payments(row).exists():
            return False
        amount = min(row.amount, _paid(row).rest, _reach(source))
        if amount <= 0:
            return False
        outcome = taking_back.hold_back(
            row.payment,
            amount=amount,
            source=source,
            target=target,
            purpose=row.purpose,
            reason=Reason.DISPUTE_OPEN,
            facts={"dispute": row.number, "due_at": due, "disputed": row.amount},
            actor=SYSTEM(row.brand),
            instead=(row.rest_purpose, row.house_purpose),
        )
        if outcome.reason not in _MEANWHILE:
            return outcome.state is PaymentState.PROCESSING
    return False


def settle(row: Dispute) -> bool:
    """Give back or set free, as the bank decided; whether all is done. False: the account is
    frozen, a refund of the same payment is under way, or nobody was credited what was charged.
    Harmless to repeat."""
    lost = row.state == "lost"
    held = Payment.objects.filter(purpose=row.purpose, state=PaymentState.PROCESSING).first()
    if held:
        facts = {"outcome": row.state}
        outcome = taking_back.end(held, give_back=lost, actor=SYSTEM(row.brand), facts=facts)
        if outcome.state is PaymentState.PROCESSING:
            return False
    # To be credited first: the provider's account has neither way of it yet.
    if lost and not (_has_arrived(row) and _collect(row)):
        return False
    _settled(row)
    return True


def credited(payment: Payment) -> int:
    """Hold, or take, at once what was just credited as received for a payment that is disputed,
    instead of whenever the next sweep comes; how many disputes. Runs outside any transaction."""
    due = Q(state__in=UNDECIDED) | Q(state="lost", settled_at=None)
    return each(go_on, list(Dispute.objects.filter(due, payment=payment).order_by("opened_at")))


def go_on(row: Dispute) -> bool:
    """Do what is due of a dispute, undecided or ended; whether it was done."""
    return secure(row) if row.state in UNDECIDED else settle(row)


def catch_up() -> int:
    """Hold for open disputes what could not be held, and settle those that have ended; how many."""
    held = Payment.objects.filter(
        finished_at=None, state=PaymentState.PROCESSING, purpose__startswith=_PREFIX
    ).values_list("purpose", flat=True)
    late = [UUID(one.removeprefix(_PREFIX)) for one in held]
    # A hold may also come just after the end, from whoever was told before it.
    due = Dispute.objects.filter(Q(settled_at=None) | Q(id__in=late), state__in=ENDED)
    done = each(settle, list(due.order_by("closed_at")))
    return done + each(
        secure, list(Dispute.objects.filter(state__in=UNDECIDED).order_by("opened_at"))
    )


def _collect(row: Dispute) -> bool:
    """Take what is not given back yet from who has it, the remainder from the house; whether all
    that can be booked is."""
    source, target = _sides(row)
    for _ in range(_TRIES):
        done = queries.dispute_payments(row)
        if any(one.state == PaymentState.PROCESSING for one in done):
            return False  # held a moment ago, by whoever was told before the end
        missing, paid = row.amount - sum(one.amount for one in done), _paid(row)
        if missing > paid.rest and paid.on_its_way:
            return False  # a refund that may still fail: then there is more to book
        # More than was paid is no refund any more: that stands in the provider's account alone.
        missing = min(missing, paid.rest)
        if missing <= 0:
            return True
        purposes = {one.purpose for one in done}
        there = 0 if row.rest_purpose in purposes or _is_out(row) else _available(source)
        if there and _is_frozen(source):
            return False
        if there:
            outcome = _take(row, min(missing, there), source, target, purposes)
        else:
            outcome = _bear(row, missing, target, purposes)
        if outcome.state is not PaymentState.SUCCEEDED and outcome.reason not in _MEANWHILE:
            return False
    return False


def _take(row: Dispute, amount: int, source: UUID, target: UUID, known: set[str]) -> Outcome:
    return taking_back.take(
        row.payment,
        amount=amount,
        source=source,
        target=target,
        purpose=row.rest_purpose,
        actor=SYSTEM(row.brand),
        instead=_unless(row, row.rest_purpose, known),
    )


def _bear(row: Dispute, amount: int, target: UUID, known: set[str]) -> Outcome:
    losses = _losses(row)
    return taking_back.take(
        row.payment,
        amount=amount,
        source=losses,
        target=target,
        purpose=row.house_purpose,
        actor=SYSTEM(row.brand),
        instead=_unless(row, row.house_purpose, known),
        from_house=True,
    )


def _losses(row: Dispute) -> UUID:
    return ledger_actions.open_account(
        brand=row.brand, currency=row.currency, code=AccountCode.LOSSES
    )


def _unless(row: Dispute, purpose: str, known: set[str]) -> tuple[str, ...]:
    """The dispute's other payments that the amount does not account for."""
    return tuple(one for one in row.purposes if one != purpose and one not in known)


def _has_arrived(row: Dispute) -> bool:
    """Whether somebody has got what was charged: by the payment itself, or as staff credited it
    after that had failed; then the dispute is about that credit from now on."""
    payment = Payment.objects.get(id=row.payment_id)
    if payment.state == PaymentState.SUCCEEDED:
        return True
    charges = payment.attempts.filter(provider=row.provider, direction=Direction.CHARGE)
    credit = next(filter(None, map(reconcile.credit_of, charges)), None)
    if credit is None:
        return False
    row.payment = credit
    row.save(update_fields=["payment"])
    return True


def _is_out(row: Dispute) -> bool:
    """Whether what was charged was paid back by bank: no account here has it."""
    return row.payment.kind == PaymentKind.WITHDRAWAL


def _paid(row: Dispute) -> Paid:
    return queries.paid(Payment.objects.get(id=row.payment_id), None)


def _reach(source: UUID) -> int:
    return 0 if _is_frozen(source) else _available(source)


def _available(source: UUID) -> int:
    return max(ledger.balance(source).available, 0)


def _is_frozen(source: UUID) -> bool:
    """Whether the ledger lets nothing out of it now: a frozen wallet, a suspended merchant."""
    return bool(Account.objects.get(id=source).flags & AccountFlag.NO_DEBIT)


def _sides(row: Dispute) -> tuple[UUID, UUID]:
    """Where the charge's money went, and the provider's clearing account that it goes back to."""
    payment = row.payment
    sides = [side for side in (payment.payee, payment.merchant) if side]
    known = accounts.chart(payment.brand, *sides)
    clearing = known.clearing(payment.currency, row.provider)
    if _is_out(row):
        return _losses(row), clearing
    if payment.merchant:
        return known.merchant(payment.merchant, payment.currency), clearing
    assert payment.payee
    return known.wallet(payment.payee, payment.currency), clearing


@transaction.atomic
def _settled(row: Dispute) -> None:
    now = clock.now()
    if Dispute.objects.filter(id=row.id, settled_at=None).update(settled_at=now):
        row.settled_at = now
        money = queries.dispute_money(row)
        telling.dispute(
            row, SYSTEM(row.brand), "dispute.settled", taken=money.taken, borne=money.borne
        )
