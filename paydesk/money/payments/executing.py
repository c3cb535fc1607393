"""Executes a batch of plans in one transaction: locks, looks, decides, posts, records, tells.

What it is given is gathered by `gathering`; nobody else calls it. Holds no state between batches.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from paydesk.money.ledger.posting import post_batch
from paydesk.money.ledger.rules import LockedAccount, Result
from paydesk.money.ledger.rules import Outcome as LedgerOutcome
from paydesk.money.payments import (
    known,
    looking,
    numbering,
    reviewing,
    screening,
    telling,
    writing,
)
from paydesk.money.payments.checks import (
    Followed,
    NotRepeated,
    Once,
    PeriodLimit,
    RefundRoom,
    RetriedOnce,
)
from paydesk.money.payments.known import Answer, Known
from paydesk.money.payments.plans import HoldEnd, NewHold, NewPayment, Plan, Settlement
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.rules import decide, of_ledger
from paydesk.money.payments.writing import Decided

MOST_TRIES = 3
"""At one batch, where others got in between it or a number was drawn twice."""
_WITH_OTHERS = frozenset({LedgerOutcome.LINKED_FAILED, LedgerOutcome.LINKED_DROPPED})


def execute(plans: Sequence[Plan]) -> list[Answer]:
    """Execute plans in their order, all in one transaction; one answer each, in the same order.

    What it raises is no refusal: then nothing of any of the plans was done, unless the
    connection was lost during the commit.
    """
    for _ in range(MOST_TRIES - 1):
        try:
            return _execute(plans)
        except IntegrityError as error:
            plans = _to_try_again(plans, error)
    return _execute(plans)


def _to_try_again(plans: Sequence[Plan], error: IntegrityError) -> Sequence[Plan]:
    """What to execute instead, where the next try may go through. Raises the error otherwise."""
    diagnosis = getattr(error.__cause__, "diag", None)
    match diagnosis and diagnosis.constraint_name:
        case numbering.ONCE:
            return numbering.drawn_again(plans)
        case "payment_request_once":
            # The same request was being answered at the same moment: now it has been.
            return plans
    raise error


def _execute(plans: Sequence[Plan]) -> list[Answer]:
    answers: dict[int, Answer] = {}
    decided: list[Decided] = []
    with transaction.atomic():
        locked = looking.lock(plans)
        for number, round_ in enumerate(_rounds(plans)):
            found = known.look([plans[n] for n in round_])
            answers |= {round_[n]: answer for n, answer in found.answers.items()}
            fresh = [place for n, place in enumerate(round_) if n not in found.answers]
            if number:  # what an earlier round posted is to be seen
                locked = looking.lock(plans)
            done = _run([plans[place] for place in fresh], found, locked)
            answers |= {place: one.outcome for place, one in zip(fresh, done, strict=True)}
            decided += done
        telling.announce(decided)
    return [answers[n] for n in range(len(plans))]


def _run(plans: Sequence[Plan], found: Known, locked: dict[UUID, LockedAccount]) -> list[Decided]:
    """Decide, post and record plans of which none changes what another is decided by."""
    if not plans:
        return []
    world = looking.world_of(plans, locked)
    judged = screening.screen(plans, [decide(plan, world) for plan in plans], world.at)
    both = list(zip(judged.plans, judged.refusals, strict=True))
    items = [item for plan, refusal in both if refusal is None for item in plan.items]
    results = {result.id: result for result in post_batch(items, world.at)} if items else {}
    refusals = [refusal or _refused_by_ledger(plan, results, locked) for plan, refusal in both]
    screening.record(judged, [refusal is not None for refusal in refusals], world.at)
    waited = reviewing.waiting(found.payments.values())
    done = writing.write(list(zip(judged.plans, refusals, strict=True)), found, world.at)
    reviewing.close(done, waited, found.payments, world.at)
    return done


def _refused_by_ledger(
    plan: Plan, results: dict[UUID, Result], locked: dict[UUID, LockedAccount]
) -> Refusal | None:
    """Why the ledger refused, from the item that was the cause: its fellows failed with it."""
    if all(results[item.id].outcome is LedgerOutcome.OK for item in plan.items):
        return None
    failed = [item for item in plan.items if not results[item.id].ok]
    cause = next((i for i in failed if results[i.id].outcome not in _WITH_OTHERS), failed[0])
    currency = locked[cause.debit].currency
    short = dict(plan.shortfalls).get(cause.debit, Reason.BALANCE_SHORT)
    # What the account was to give in all: a fee counts as well.
    wanted = sum(item.amount for item in plan.items if item.debit == cause.debit)
    return of_ledger(results[cause.id], wanted, currency, short=short)


def _rounds(plans: Sequence[Plan]) -> list[list[int]]:
    """Positions of the plans in rounds: within a round, no plan changes what another is decided
    by (the same day's use, the same original, the same request)."""
    if len(plans) == 1:
        return [[0]]
    rounds: list[list[int]] = []
    last: dict[Hashable, int] = {}
    for n, plan in enumerate(plans):
        claims = _claims(plan)
        place = max([last[claim] + 1 for claim in claims if claim in last], default=0)
        if place == len(rounds):
            rounds.append([])
        rounds[place].append(n)
        for claim in claims:
            last[claim] = place
    return rounds


def _claims(plan: Plan) -> set[Hashable]:
    claims: set[Hashable] = set()
    match plan.subject:
        case NewPayment(asked=asked):
            claims.add((plan.brand, asked.by, asked.key))
        case Settlement(payment=payment):
            claims.add(payment)
        case NewHold(id=hold) | HoldEnd(hold=hold):
            claims.add(hold)
    for check in plan.checks:
        if claim := _CLAIMED.get(type(check)):
            claims.add(claim(check))
    return claims


_CLAIMED: Mapping[type, Callable[[Any], Hashable]] = {
    PeriodLimit: lambda check: ("sender", check.customer),
    NotRepeated: lambda check: ("sender", check.payer),
    RetriedOnce: lambda check: ("retry", check.failed),
    RefundRoom: lambda check: ("original", check.original),
    Once: lambda check: ("purpose", check.purpose),
    Followed: lambda check: ("purpose", check.purpose),
}
"""What a check looks at and a payment of the same batch may change."""
