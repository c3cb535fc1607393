"""The one way money moves: plans in, outcomes out, once the commit is durable.

Never runs inside an open transaction, because an outer rollback would take back what the caller
was told. Callers at the same time share a transaction (see `gathering`).
"""

from collections.abc import Sequence

from django.db import connection

from paydesk.kit import clock
from paydesk.money.payments import executing
from paydesk.money.payments.gathering import Done, Gathering
from paydesk.money.payments.known import Answer
from paydesk.money.payments.plans import InsideTransaction, Outcome, Plan

__all__ = ["Answer", "Done", "submit", "submit_async", "submit_many", "submit_many_async"]

_gathering = Gathering(executing.execute)


def submit(plan: Plan) -> Outcome:
    """Execute one plan. Raises InsideTransaction, and RequestConflict for a key used before with
    another content. A refusal is no error: it is recorded, and told in the outcome."""
    [done] = submit_many([plan])
    return _outcome(done)


def submit_many(plans: Sequence[Plan]) -> list[Done]:
    """Execute plans in their order; what became of each, in the same order.

    An Outcome; RequestConflict; or another exception for a plan that could not be executed, of
    which nothing was done (after a lost connection: ask again under the same key). None of them
    touches the others. Raises InsideTransaction.
    """
    if connection.in_atomic_block:
        raise InsideTransaction("money moves in a transaction of its own")
    if not plans:
        return []
    if clock.is_set():  # another's clock is not ours: no batch with others
        return list(executing.execute(plans))
    return _gathering.run(plans)


async def submit_async(plan: Plan) -> Outcome:
    """As `submit`, from an event loop, which goes on meanwhile."""
    [done] = await _gathering.run_in_loop([plan])
    return _outcome(done)


async def submit_many_async(plans: Sequence[Plan]) -> list[Done]:
    """As `submit_many`, from an event loop."""
    return await _gathering.run_in_loop(plans) if plans else []


def _outcome(done: Done) -> Outcome:
    if isinstance(done, Exception):
        raise done
    return done
