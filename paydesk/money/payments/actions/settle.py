"""Asks providers about attempts and settles what they answer. Providers are asked outside any
transaction; the answer is then submitted as a plan, which counts only while it is news."""

import logging
from collections.abc import Callable
from uuid import UUID

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.money.payments import orders
from paydesk.money.payments.actions import settled
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import Outcome, Plan
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.credentials import NotConfigured
from paydesk.money.payments.providers.protocol import (
    Answer,
    Order,
    Provider,
    ProviderSilent,
    Said,
)
from paydesk.money.payments.providers.simulated import adapter as simulated
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.settling import Tried, settlement
from paydesk.money.payments.states import FINISHED, AttemptState, Direction
from paydesk.money.payments.submit import submit

log = logging.getLogger(__name__)
Question = Callable[[Provider], Callable[[Order], Answer]]
_SENT: dict[Direction, Question] = {
    Direction.CHARGE: lambda provider: provider.charge,
    Direction.PAYOUT: lambda provider: provider.payout,
    Direction.REFUND: lambda provider: provider.refund,
}
_ASKED: dict[Direction, Question] = {
    Direction.CHARGE: lambda provider: provider.query,
    Direction.PAYOUT: lambda provider: provider.query_payout,
    Direction.REFUND: lambda provider: provider.query_refund,
}


class NothingToVerify(ValueError):
    """The payment does not wait for its payer."""


def send(attempt_id: UUID, actor: Actor) -> Outcome:
    """Ask the provider for what a committed attempt is about (take, pay out, give back), and
    settle its answer."""
    attempt = _attempt(attempt_id)
    return settle(attempt, _ask(attempt, _SENT), actor)


def charge(attempt_id: UUID, actor: Actor) -> Outcome:
    """Ask the provider to take the money of a committed attempt, and settle its answer."""
    return send(attempt_id, actor)


def query_attempt(attempt_id: UUID, actor: Actor | None = None) -> Outcome:
    """Ask the provider again what became of an attempt, and settle its answer."""
    attempt = _attempt(attempt_id)
    answer = _ask(attempt, _ASKED)
    outcome = settle(attempt, answer, actor or SYSTEM(attempt.brand), asked_again=True)
    if outcome.repeated and outcome.state in FINISHED:  # ended by somebody who asked no provider
        Attempt.objects.filter(id=attempt.id).update(next_query_at=None)
    return outcome


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
    """Record a provider's answer (None: silence), and move the money as it says."""
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
    tried = Tried(
        id=attempt.id,
        payment=payment.id,
        amount=attempt.amount,
        currency=attempt.currency,
        shown=attempt.shown,
        started_at=attempt.started_at,
        queries=attempt.queries + (1 if asked_again else 0),
        provider=attempt.provider,
        direction=Direction(attempt.direction),
        reason=Reason(payment.reason) if payment.reason else None,
        facts=payment.facts,
    )
    said = settlement(
        tried, answer, clock.now(), asked_again=asked_again, notification=notification
    )
    return settled.plan(attempt, said, actor)


def _attempt(attempt_id: UUID) -> Attempt:
    related = Attempt.objects.select_related(
        "payment__payee", "payment__payer", "payment__merchant"
    )
    return related.get(id=attempt_id)


def _ask(attempt: Attempt, how: dict[Direction, Question]) -> Answer | None:
    """The provider's answer; None if there is none, or nobody left to ask (its account was taken
    out of the configuration): then too the outcome is not known, and asked for again.

    One that can't be asked (a bank) has said that it took the money: that stands, so that what
    the wallet could not take is tried again."""
    try:
        provider = registry.get(attempt.provider)
        if attempt.state == AttemptState.PAID and not provider.capabilities.answers_queries:
            known = attempt.provider_reference
            return Answer(Said.PAID, attempt.amount, attempt.currency, known)
        return how[Direction(attempt.direction)](provider)(orders.of_attempt(attempt))
    except ProviderSilent:
        return None
    except (NotConfigured, registry.UnknownProvider):
        log.error("no account at %s for %s", attempt.provider, attempt.brand)
        return None
