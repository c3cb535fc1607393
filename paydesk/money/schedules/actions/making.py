"""Making a schedule: what is to be paid, to whom, when first and how often. Moves no money."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from django.db import IntegrityError, transaction

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.money.bills import directory
from paydesk.money.bills.directory import Amount, Biller
from paydesk.money.payments import screening
from paydesk.money.payments.actions import asking
from paydesk.money.payments.screening import Verdict
from paydesk.money.payments.states import PaymentKind
from paydesk.money.risk.rules import Decision, Outcome
from paydesk.money.schedules import calendar
from paydesk.money.schedules.calendar import Plan, Rhythm
from paydesk.money.schedules.models import Schedule
from paydesk.money.schedules.rules import FARTHEST_AHEAD, LIVE, MOST_LIVE, OnMissed, What
from paydesk.people.models import Customer


class NotPossible(ValueError):
    """A schedule that can't be made. `code`: past, too_far, never, too_many, to_self,
    recipient_closed, recipient_unknown, no_biller, reference, amount, prove (a second factor
    first), stopped (not now, by a rule of risk)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class ScheduleWish:
    """What `make` is asked for: a recipient, or a biller's code with a cleaned reference. Amounts
    in minor units; `amount` None with `most` pays what the biller says, up to that. `first_on`
    and `at` are local to the brand."""

    customer: Customer
    rhythm: Rhythm
    first_on: date
    at: time
    currency: str
    actor: Actor
    key: str
    amount: int | None = None
    most: int | None = None
    recipient: Customer | None = None
    biller: str = ""
    reference: str = ""
    ends_on: date | None = None
    times: int | None = None
    note: str = ""
    on_missed: OnMissed = OnMissed.RUN_LATE

    @property
    def plan(self) -> Plan:
        """Its dates."""
        return Plan(self.rhythm, self.first_on, self.at, self.ends_on, self.times)


def make(wish: ScheduleWish) -> Schedule:
    """Keep a schedule; the same key again answers the first one. Raises NotPossible, ValueError
    for an amount or currency that no form lets through."""
    known = Schedule.objects.filter(customer=wish.customer, request_key=wish.key).first()
    if known:
        return known
    _check_dates(wish)
    if wish.biller:
        _check_bill(wish)
    else:
        _check_recipient(wish)
    try:
        made = _store(wish)
    except IntegrityError as error:
        if "schedule_once" not in str(error):
            raise
        return Schedule.objects.get(customer=wish.customer, request_key=wish.key)
    if isinstance(made, NotPossible):
        raise made
    return made


def _check_dates(wish: ScheduleWish) -> None:
    zone, now = profiles.get(wish.customer.brand).zone, clock.now()
    first = calendar.moment_of(wish.plan, 0, zone)
    if first is None:
        raise NotPossible("never")
    if first <= now:
        raise NotPossible("past")
    if first > now + FARTHEST_AHEAD:
        raise NotPossible("too_far")


def _check_recipient(wish: ScheduleWish) -> None:
    recipient = wish.recipient
    if recipient is None or recipient.brand != wish.customer.brand:
        raise NotPossible("recipient_unknown")
    if recipient.id == wish.customer.id:
        raise NotPossible("to_self")
    if recipient.closed_at:
        raise NotPossible("recipient_closed")
    if wish.amount is None:
        raise NotPossible("amount")
    asking.check_amount(wish.amount, profiles.get(wish.customer.brand), wish.currency)


def _check_bill(wish: ScheduleWish) -> None:
    biller = directory.get(wish.customer.brand, wish.biller)
    if biller is None or biller.currency != wish.currency:
        raise NotPossible("no_biller")
    if biller.flaw(wish.reference):
        raise NotPossible("reference")
    if not _is_payable(wish, biller):
        raise NotPossible("amount")


def _is_payable(wish: ScheduleWish, biller: Biller) -> bool:
    if biller.amount is Amount.QUERY:
        return wish.amount is None and wish.most is not None and wish.most > 0
    return wish.amount is not None and biller.takes(wish.amount)


@transaction.atomic
def _store(wish: ScheduleWish) -> Schedule | NotPossible:
    """Judge and keep; a refusal is answered, not raised, because what was decided stays."""
    customer = wish.customer
    # The customer's row is locked: two at once can't both be the last one allowed, nor each the
    # first that risk sees.
    Customer.objects.select_for_update(no_key=True).get(id=customer.id)
    if Schedule.objects.filter(customer=customer, state__in=LIVE).count() >= MOST_LIVE:
        return NotPossible("too_many")
    verdict = _foresee(wish)
    if verdict:
        allowed = verdict.decision.outcome is Outcome.ALLOW
        screening.remember(customer.brand, verdict, passed=allowed)
        if not allowed:
            return _stopped(wish, verdict.decision)
    schedule = _kept(wish, verdict.facts.payment if verdict else ids.uuid7())
    audit.record(
        brand=customer.brand,
        actor=wish.actor,
        action="schedules.made",
        subject=f"schedule:{schedule.id}",
        details={"customer": customer.id, "what": schedule.what, "rhythm": schedule.rhythm},
    )
    return schedule


def _foresee(wish: ScheduleWish) -> Verdict | None:
    """Nobody sits there when it is paid, so risk is asked now as if the first one were paid now."""
    kind = PaymentKind.BILL if wish.biller else PaymentKind.TRANSFER
    recipient = None if wish.biller else wish.recipient
    amount = wish.amount or wish.most or 0
    return screening.foresee(
        wish.customer, kind, amount, wish.currency, recipient.id if recipient else None
    )


def _stopped(wish: ScheduleWish, decision: Decision) -> NotPossible:
    audit.record(
        brand=wish.customer.brand,
        actor=wish.actor,
        action="schedules.stopped",
        subject=f"customer:{wish.customer.id}",
        details={"rule": decision.rule, "outcome": decision.outcome},
    )
    return NotPossible("prove" if decision.outcome is Outcome.SECOND_FACTOR else "stopped")


def _kept(wish: ScheduleWish, schedule_id: UUID) -> Schedule:
    customer = wish.customer
    return Schedule.objects.create(
        id=schedule_id,
        brand=customer.brand,
        customer=customer,
        what=What.BILL if wish.biller else What.TRANSFER,
        recipient=None if wish.biller else wish.recipient,
        biller=wish.biller,
        reference=wish.reference if wish.biller else "",
        amount=wish.amount,
        most=wish.most,
        currency=wish.currency,
        note=asking.clean_note(wish.note),
        rhythm=wish.rhythm,
        first_on=wish.first_on,
        minute=wish.at.hour * 60 + wish.at.minute,
        ends_on=wish.ends_on,
        times=wish.times,
        on_missed=wish.on_missed,
        next_at=calendar.moment_of(wish.plan, 0, profiles.get(customer.brand).zone),
        made_at=clock.now(),
        request_key=wish.key,
    )
