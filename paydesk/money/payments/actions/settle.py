"""Asks providers about attempts and settles what they answer. Providers are asked outside any
transaction; the answer is then submitted as a plan, which counts only while it is news."""

from uuid import UUID

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import CanReceive, Outcome, Plan
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import Answer, Order, ProviderSilent
from paydesk.money.payments.providers.simulated import adapter as simulated
from paydesk.money.payments.settling import Tried, settlement
from paydesk.money.payments.states import AttemptState, PaymentState
from paydesk.money.payments.submit import submit


class NothingToVerify(ValueError):
    """The payment does not wait for its payer."""


def charge(attempt_id: UUID, actor: Actor) -> Outcome:
    """Ask the provider to take the money of a committed attempt, and settle its answer."""
    attempt = Attempt.objects.select_related("payment__payee").get(id=attempt_id)
    try:
        answer = registry.get(attempt.provider).charge(_order(attempt))
    except ProviderSilent:
        answer = None
    return settle(attempt, answer, actor)


def query_attempt(attempt_id: UUID, actor: Actor | None = None) -> Outcome:
    """Ask the provider again what became of an attempt, and settle its answer."""
    attempt = Attempt.objects.select_related("payment__payee").get(id=attempt_id)
    try:
        answer = registry.get(attempt.provider).query(_order(attempt))
    except ProviderSilent:
        answer = None
    return settle(attempt, answer, actor or SYSTEM(attempt.brand), asked_again=True)


def resolve_unknown(payment: Payment, actor: Actor) -> Outcome:
    """Ask now, without waiting for the next turn, about a payment whose outcome is not known.

    Raises Attempt.DoesNotExist for a payment that never reached a provider.
    """
    attempt = Attempt.objects.filter(payment=payment).latest("number")
    return query_attempt(attempt.id, actor)


def finish_verification(payment: Payment, *, passed: bool, actor: Actor) -> Outcome:
    """The payer came back from the simulated provider's verification page.

    What counts is what the provider then says, not what the browser brought. Raises
    NothingToVerify.
    """
    attempt = Attempt.objects.filter(payment=payment).order_by("-number").first()
    if attempt is None or attempt.state != AttemptState.REQUIRES_ACTION:
        raise NothingToVerify(payment.number)
    if attempt.provider == simulated.Simulated.code:
        simulated.customer_acts(attempt.id, passed=passed)
    return query_attempt(attempt.id, actor)


def settle(
    attempt: Attempt,
    answer: Answer | None,
    actor: Actor,
    *,
    asked_again: bool = False,
    notification: UUID | None = None,
) -> Outcome:
    """Record a provider's answer (None: silence), and credit the wallet if it was paid."""
    return submit(
        plan_settlement(attempt, answer, actor, asked_again=asked_again, notification=notification)
    )


def plan_settlement(
    attempt: Attempt,
    answer: Answer | None,
    actor: Actor,
    *,
    asked_again: bool = False,
    notification: UUID | None = None,
) -> Plan:
    """The plan that `settle` submits."""
    payment = attempt.payment
    customer = payment.payee
    assert customer
    tried = Tried(
        id=attempt.id,
        payment=payment.id,
        amount=attempt.amount,
        currency=attempt.currency,
        shown=attempt.shown,
        started_at=attempt.started_at,
        queries=attempt.queries + (1 if asked_again else 0),
    )
    said = settlement(
        tried, answer, clock.now(), asked_again=asked_again, notification=notification
    )
    known = accounts.chart(attempt.brand, customer)
    wallet = known.wallet(customer, attempt.currency)
    if said.state is not PaymentState.SUCCEEDED:
        # The wallet is locked all the same: two answers about one payment wait for each other.
        return Plan(attempt.brand, actor, said, (wallet,))
    source = known.clearing(attempt.currency)
    item = Item(payment.id, Kind.PLAIN, source, wallet, attempt.amount, codes.TOPUP)
    checks = (CanReceive(wallet, customer.id, own=True),)
    return Plan(attempt.brand, actor, said, (source, wallet), checks, (item,))


def _order(attempt: Attempt) -> Order:
    return Order(attempt.id, attempt.brand, attempt.token, attempt.amount, attempt.currency)
