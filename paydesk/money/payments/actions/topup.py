"""Money from a card or another wallet into the customer's wallet, through a provider.

The wish commits first, then the provider is asked outside any transaction, then its answer is
settled. Whatever is lost on the way, the attempt is asked about again under the same reference.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.money.payments import accounts
from paydesk.money.payments.actions import asking
from paydesk.money.payments.actions.settle import charge
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import (
    CanReceive,
    NewAttempt,
    NewPayment,
    Outcome,
    Plan,
    SingleLimit,
)
from paydesk.money.payments.providers import registry
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people.models import Customer

COMPONENT = "card_topup"
FIRST_QUERY = timedelta(seconds=30)  # when the answer itself got lost, say by a crash of ours


class UnknownInstrument(ValueError):
    """No provider knows the token."""


def topup(
    *,
    customer: Customer,
    token: str,
    amount: int,
    currency: str,
    actor: Actor,
    key: str,
    client_version: str = "",
    retry_of: Payment | None = None,
) -> Outcome:
    """Put `amount` minor units into the wallet from the instrument behind a provider's token.

    The outcome's state may be processing, requires_action or unknown: then it goes on by itself.
    Raises UnknownInstrument, plans.RequestConflict, plans.InsideTransaction, ValueError for an
    amount or currency that no form lets through.
    """
    plan = plan_topup(
        TopUpWish(
            customer=customer,
            token=token,
            amount=amount,
            currency=currency,
            actor=actor,
            key=key,
            client_version=client_version,
            retry_of=retry_of,
        )
    )
    outcome = submit(plan)
    if outcome.state is not PaymentState.PROCESSING or outcome.repeated:
        return outcome
    assert isinstance(plan.subject, NewPayment)
    assert plan.subject.attempt
    return charge(plan.subject.attempt.id, actor)


@dataclass(frozen=True, slots=True)
class TopUpWish:
    """What `topup` is asked for."""

    customer: Customer
    token: str
    amount: int
    currency: str
    actor: Actor
    key: str
    client_version: str = ""
    retry_of: Payment | None = None


def plan_topup(wish: TopUpWish) -> Plan:
    """The plan of the wish: no money moves yet. Errors as in `topup`."""
    brand = profiles.get(wish.customer.brand)
    asking.check_amount(wish.amount, brand, wish.currency)
    provider = registry.of_token(wish.token)
    instrument = provider.instrument(wish.token) if provider else None
    if provider is None or instrument is None:
        raise UnknownInstrument(wish.token[:64])
    attempt = NewAttempt(
        id=ids.uuid7(),
        provider=provider.code,
        token=wish.token,
        shown=instrument.shown(),
        query_at=clock.now() + FIRST_QUERY,
    )
    refusal, notice = asking.circumstances(brand, COMPONENT, wish.client_version)
    target = accounts.chart(brand.code, wish.customer).wallet(wish.customer, wish.currency)
    checks = (
        CanReceive(target, wish.customer.id, own=True),
        SingleLimit(brand.limits[wish.currency].topup_max),
    )
    new = _new(wish, attempt, notice)
    return Plan(brand.code, wish.actor, new, (target,), checks, refusal=refusal)


def _new(wish: TopUpWish, attempt: NewAttempt, notice: UUID | None) -> NewPayment:
    content = {
        "kind": COMPONENT,
        "token": wish.token,
        "amount": wish.amount,
        "currency": wish.currency,
    }
    return NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.TOPUP,
        amount=wish.amount,
        currency=wish.currency,
        asked=asking.asked(wish.actor, wish.key, content),
        payee=wish.customer.id,
        method={"token": wish.token} | attempt.shown,
        retry_of=wish.retry_of.id if wish.retry_of else None,
        client_version=wish.client_version[: asking.VERSION_LENGTH],
        notice=notice,
        state=PaymentState.PROCESSING,
        attempt=attempt,
    )
