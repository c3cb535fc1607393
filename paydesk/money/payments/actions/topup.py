"""Money from a card or another wallet into the customer's wallet, through a provider.

The wish commits first, then the provider is asked outside any transaction, then its answer is
settled. Whatever is lost on the way, the attempt is asked about again under the same reference.
"""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from paydesk.brands import profiles
from paydesk.kit import ids
from paydesk.kit.actors import Actor
from paydesk.money.payments import accounts, charging
from paydesk.money.payments.actions import asking
from paydesk.money.payments.actions.settle import charge
from paydesk.money.payments.checks import CanReceive, SingleLimit
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.providers.protocol import Means, Terms
from paydesk.money.payments.screening import screened
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people.models import Customer

COMPONENT = "card_topup"


@dataclass(frozen=True, slots=True)
class TopUpWish:
    """What `topup` is asked for: `amount` minor units from `means` (a saved method, say) or from
    the instrument behind a token that anybody may use; `key` is the client's own for this
    request."""

    customer: Customer
    amount: int
    currency: str
    actor: Actor
    key: str
    token: str = ""
    client_version: str = ""
    retry_of: Payment | None = None
    means: Means | None = None
    terms: Terms = Terms()  # noqa: RUF009 - an immutable value


@asking.with_fields_of(TopUpWish)
def topup(wish: TopUpWish) -> Outcome:
    """Put money into the wallet.

    The outcome's state may be processing, requires_action or unknown: then it goes on by itself.
    Raises UnknownInstrument, plans.RequestConflict, plans.InsideTransaction, ValueError for an
    amount or currency that no form lets through.
    """
    plan = plan_topup(wish)
    outcome = submit(plan)
    if outcome.state is not PaymentState.PROCESSING or outcome.repeated:
        return outcome
    assert isinstance(plan.subject, NewPayment)
    assert plan.subject.attempt
    return charge(plan.subject.attempt.id, wish.actor)


@asking.with_fields_of(TopUpWish)
def record_received(wish: TopUpWish) -> Outcome:
    """Record a top-up whose money lies with us already though nobody had asked for it.

    Neither limit nor screening nor maintenance refuses it: that would only leave the customer's
    money with the house. Whether the wallet can take it is asked when the provider's word is
    settled; until it can, the payment waits (row 19), for a closed customer until staff pay it
    back. Asks no provider. Raises as `topup`.
    """
    brand = profiles.get(wish.customer.brand)
    asking.check_amount(wish.amount, brand, wish.currency)
    means = wish.means or charging.open_means(wish.token, brand.code)
    known = accounts.chart(brand.code, wish.customer)
    locked: tuple[UUID, ...] = ()
    with suppress(accounts.NoNewAccount):
        locked = (known.wallet(wish.customer, wish.currency),)
    return submit(Plan(brand.code, wish.actor, _new(wish, means, None), locked))


def plan_topup(wish: TopUpWish) -> Plan:
    """The plan of the wish: no money moves yet. Errors as in `topup`."""
    brand = profiles.get(wish.customer.brand)
    asking.check_amount(wish.amount, brand, wish.currency)
    means = wish.means or charging.open_means(wish.token, brand.code)
    refusal, notice = asking.circumstances(brand, COMPONENT, wish.client_version)
    target = accounts.chart(brand.code, wish.customer).wallet(wish.customer, wish.currency)
    checks = (
        CanReceive(target, wish.customer.id, own=True),
        SingleLimit(brand.limits[wish.currency].topup_max),
        *asking.retried_once(
            wish.retry_of,
            method=charging.method(means),
            amount=wish.amount,
            currency=wish.currency,
        ),
        screened(wish.customer.id),
    )
    new = _new(wish, means, notice)
    return Plan(brand.code, wish.actor, new, (target,), checks, refusal=refusal)


def _new(wish: TopUpWish, means: Means, notice: UUID | None) -> NewPayment:
    number = asking.public_number()
    content = {
        "kind": COMPONENT,
        "token": means.token,
        "amount": wish.amount,
        "currency": wish.currency,
    }
    return NewPayment(
        id=ids.uuid7(),
        number=number,
        kind=PaymentKind.TOPUP,
        amount=wish.amount,
        currency=wish.currency,
        asked=asking.asked(wish.actor, wish.key, content),
        payee=wish.customer.id,
        method=charging.method(means),
        retry_of=wish.retry_of.id if wish.retry_of else None,
        client_version=wish.client_version[: asking.VERSION_LENGTH],
        notice=notice,
        state=PaymentState.PROCESSING,
        attempt=charging.first_attempt(means, wish.terms, number),
    )
