"""The one list of cross-domain reactions. Nothing else connects a domain to one above it.

`together`: in the same transaction as the change. `afterwards`: a job after commit. Ids arrive
as text, because those of a job have been through JSON.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.actions import decisions
from paydesk.kit import reactions
from paydesk.money.bills import actions as bills
from paydesk.money.exchange.actions import carry_out_funding, funding_decided
from paydesk.money.merchants.actions import onboarding
from paydesk.money.orders.actions import following
from paydesk.money.payments import accounts
from paydesk.money.payments import actions as payments
from paydesk.money.payments.telling import Sorted
from paydesk.money.payouts import actions as payouts
from paydesk.money.reconciliation import actions as reconciliation
from paydesk.money.refunds import actions as refunds
from paydesk.money.risk import actions as risk
from paydesk.money.schedules import actions as schedules

RETRY = RetryStrategy(max_attempts=10, exponential_wait=4)
# A thousand confirmations in one job, and jobs by the hundred: sweeps over money go first.
_BEHIND = {"payments.disbursed": -5}


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
    reactions.together("approval.decided", onboarding.decided)
    reactions.afterwards("approval.decided", decisions.carry_out_decided)
    # Money that moved is confirmed to both sides.
    reactions.afterwards("payments.changed", _confirm_payments)
    # Orders stand as their payments do; merchants hear of it.
    reactions.together("payments.written", _follow_orders)
    reactions.afterwards("payments.changed", _tell_merchants)
    reactions.afterwards("payments.disbursed", _confirm_payments)
    reactions.afterwards("payments.disbursed", _tell_merchants)
    reactions.afterwards("payments.changed", _give_back)
    # Where a withdrawal or a bill goes stands with its payment; what a bank sends back is credited.
    reactions.together("payments.written", _follow_banking)
    reactions.afterwards("payout.returned", _credit_returned)
    # A large difference is explained once a second person agreed.
    reactions.together("approval.decided", reconciliation.decided)
    # So is a bank statement read that somebody brought and that credits customers.
    reactions.together("approval.decided", reconciliation.statement_decided)
    # And what a provider took and nobody got is credited.
    reactions.together("approval.decided", reconciliation.credit_decided)
    # Or what it was to pay out and told another amount of is ended.
    reactions.together("approval.decided", reconciliation.ending_decided)
    # Or what no wallet could take is booked as paid back by bank.
    reactions.together("approval.decided", reconciliation.paying_back_decided)
    # Rules of risk are in force once a second person agreed; a rule that locks is followed by a
    # restriction, after the payment's own locks are gone.
    reactions.together("approval.decided", risk.decided)
    reactions.afterwards("risk.locked", risk.lock_sender)
    # Every customer's name is looked up in the screening lists.
    reactions.afterwards("customer.registered", risk.screen_customer)
    # An account closes with its wallets, and only when they are empty.
    reactions.together("customer.closed", _close_wallets)
    _install_money_back()


def _install_money_back() -> None:
    """Refunds, disputes and recalls; and the liquidity that exchange is served from."""
    # What was asked back is followed to its end; what a merchant owed is paid from new money.
    reactions.together("approval.decided", refunds.decided)
    reactions.afterwards("approval.decided", refunds.carry_out_decided)
    reactions.afterwards("payments.changed", _follow_refunds)
    reactions.afterwards("refund.returned", _keep_returned)
    # A bank that disputes a charge has its money held, and given or set free as it decides.
    reactions.afterwards("provider.dispute", _follow_dispute)
    # What could not be held while an account was frozen is held once it is free.
    reactions.together("restriction.changed", refunds.customer_may_send)
    reactions.together("merchant.moved", refunds.merchant_may_send)
    # What a person has to decide about money asked back waits in a case, and the case ends with it.
    reactions.afterwards("refund.asked", _open_refund_case)
    reactions.afterwards("refund.failed", _resume_refund_case)
    reactions.afterwards("refund.ended", _end_refund_case)
    reactions.afterwards("recall.asked", _open_recall_case)
    reactions.afterwards("recall.ended", _end_recall_case)
    # The house's own money goes into liquidity once a second person agreed.
    reactions.together("approval.decided", funding_decided)
    reactions.afterwards("approval.decided", carry_out_funding)


def _defer(kind: str, ids: dict[str, Any]) -> None:
    run.configure(priority=_BEHIND.get(kind, 0)).defer(kind=kind, ids=ids)


def _open_wallet(*, customer_id: str, brand: str) -> None:
    accounts.open_first_wallet(UUID(customer_id), brand)


def _follow_restrictions(*, customer_id: str, brand: str, **_: object) -> None:
    accounts.follow_restrictions(UUID(customer_id), brand)


def _of(ids: Sorted, *names: str) -> list[str]:
    """The ids under any of these names."""
    return [one for name in names for one in ids.get(name, "").split()]


def _follow_orders(*, of_purpose: Sorted, **_: object) -> None:
    settling = _of(of_purpose, "order", "request")
    if settling:
        following.follow(payment_ids=settling)


def _follow_banking(*, of_kind: Sorted, of_purpose: Sorted) -> None:
    for kind, follow in (("withdrawal", payouts.follow), ("bill", bills.follow)):
        if kind in of_kind:
            follow([UUID(one) for one in _of(of_kind, kind)])
    # A bill that has a number is paid for that number's sake, also by a schedule.
    scheduled = _of(of_purpose, "schedule") + _of(of_kind, "bill")
    if scheduled:
        schedules.follow([UUID(one) for one in scheduled])


def _tell_merchants(*, of_kind: Sorted, **_: object) -> None:
    told = _of(of_kind, "refund", "disbursement")
    if told:
        following.tell_merchants(payment_ids=told)


def _give_back(*, of_purpose: Sorted, **_: object) -> None:
    if "order" in of_purpose:
        following.give_back(payment_ids=_of(of_purpose, "order"))


def _credit_returned(
    *, attempt_id: str, code: str, amount: int, currency: str, at: str, **_: object
) -> None:
    when = datetime.fromisoformat(at)
    if payouts.take_return(UUID(attempt_id), code=code, amount=amount, currency=currency, at=when):
        payouts.credit_due()


def _follow_refunds(*, of_kind: Sorted, of_purpose: Sorted) -> None:
    concerned = _of(of_purpose, "refund") + _of(of_kind, "purchase")
    if concerned:
        refunds.follow_changed(concerned)


def _open_refund_case(*, request_id: str, brand: str) -> None:
    cases.open_for_request(UUID(request_id), brand)


def _resume_refund_case(*, request_id: str, brand: str) -> None:
    cases.request_failed(UUID(request_id), brand)


def _end_refund_case(*, request_id: str, brand: str) -> None:
    cases.request_ended(UUID(request_id), brand)


def _open_recall_case(*, recall_id: str, brand: str) -> None:
    cases.open_for_recall(UUID(recall_id), brand)


def _end_recall_case(*, recall_id: str, brand: str) -> None:
    cases.recall_ended(UUID(recall_id), brand)


def _keep_returned(*, attempt_id: str, code: str, **_: object) -> None:
    refunds.returned(attempt_id=attempt_id, code=code)


def _follow_dispute(**told: Any) -> None:
    refunds.told(**told)


def _confirm_payments(*, of_kind: Sorted, **_: object) -> None:
    payments.confirm(UUID(one) for one in _of(of_kind, *of_kind))


def _close_wallets(*, customer_id: str, brand: str) -> None:
    accounts.close_wallets(UUID(customer_id), brand)
