"""The one list of cross-domain reactions. Nothing else connects a domain to one above it.

`together`: in the same transaction as the change. `afterwards`: a job after commit. Ids arrive
as text, because those of a job have been through JSON.
"""

from typing import Any
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from paydesk.desk.cases.actions import decisions
from paydesk.kit import reactions
from paydesk.money.payments import accounts
from paydesk.money.payments import actions as payments

RETRY = RetryStrategy(max_attempts=10, exponential_wait=4)


@app.task(name="reactions.run", retry=RETRY)
def run(kind: str, ids: dict[str, Any]) -> None:
    """Run what reacts to `kind` after the commit of what happened."""
    reactions.run_afterwards(kind, ids)


def install() -> None:
    """Register every reaction. Called once, when the program starts."""
    reactions.deferred_by(_defer)
    # Every customer has a wallet from the first moment.
    reactions.together("customer.registered", _open_wallet)
    # A lock or freeze and the flags of the customer's accounts stand or fall together.
    reactions.together("restriction.changed", _follow_restrictions)
    # A second person's decision: freezes are lifted with it, money moves after it.
    reactions.together("approval.decided", decisions.decided)
    reactions.afterwards("approval.decided", decisions.carry_out_decided)
    # Money that moved is confirmed to both sides.
    reactions.afterwards("payments.changed", _confirm_payments)
    # An account closes with its wallets, and only when they are empty.
    reactions.together("customer.closed", _close_wallets)


def _defer(kind: str, ids: dict[str, Any]) -> None:
    run.defer(kind=kind, ids=ids)


def _open_wallet(*, customer_id: str, brand: str) -> None:
    accounts.open_first_wallet(UUID(customer_id), brand)


def _follow_restrictions(*, customer_id: str, brand: str, **_: object) -> None:
    accounts.follow_restrictions(UUID(customer_id), brand)


def _confirm_payments(*, payment_ids: list[str]) -> None:
    payments.confirm(UUID(one) for one in payment_ids)


def _close_wallets(*, customer_id: str, brand: str) -> None:
    accounts.close_wallets(UUID(customer_id), brand)
