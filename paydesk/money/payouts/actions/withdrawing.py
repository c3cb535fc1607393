"""Asking for a withdrawal: the money and the fee are held now, sent to the bank later.

Nothing is asked of a provider here. The row that says where the money goes is written by
`following` in the transaction that holds it.
"""

from dataclasses import dataclass
from uuid import UUID

from paydesk.brands import profiles
from paydesk.brands.profile import Brand
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes, fees, limits, screening
from paydesk.money.payments.actions import asking
from paydesk.money.payments.checks import CanSend, Check
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.reasons import Refusal
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.money.payouts import channel, queries, rules
from paydesk.money.payouts.models import BankAccount
from paydesk.people.models import Customer

COMPONENT = "withdrawal"


@dataclass(frozen=True, slots=True)
class WithdrawalWish:
    """What `withdraw` is asked for. `amount` in minor units, without the fee."""

    customer: Customer
    bank_account: BankAccount
    amount: int
    currency: str
    actor: Actor
    key: str
    note: str = ""
    client_version: str = ""
    retry_of: Payment | None = None


def withdraw(wish: WithdrawalWish) -> Outcome:
    """Hold `amount` and its fee for the customer's bank account; the worker sends it on.

    The outcome is processing, with the reason past_cutoff where a cut-off was missed. Refused,
    with a payment recorded: rows 27, 31, 37, 40, 41, 44 and those of any payment. Raises
    plans.RequestConflict, plans.InsideTransaction, ValueError for an amount or currency that no
    form lets through or another customer's account, channel.NoChannel.
    """
    return submit(plan_withdrawal(wish))


def plan_withdrawal(wish: WithdrawalWish) -> Plan:
    """The plan that `withdraw` submits; errors as there."""
    brand = profiles.get(wish.customer.brand)
    asking.check_amount(wish.amount, brand, wish.currency)
    if wish.bank_account.customer_id != wish.customer.id:
        raise ValueError("somebody else's bank account")
    now = clock.now()
    refusal, notice = asking.circumstances(brand, COMPONENT, wish.client_version)
    refusal = refusal or rules.refusal(_wanted(wish), brand.payouts, now)
    known = accounts.chart(brand.code, wish.customer)
    source = known.wallet(wish.customer, wish.currency)
    target = known.clearing(wish.currency, channel.provider(brand.code))
    fee = fees.fee(brand, PaymentKind.WITHDRAWAL, wish.amount, wish.currency)
    new = _new(wish, brand, fee, notice, source=source, target=target)
    locked = [source, target]
    items = [Item(new.id, Kind.HOLD, source, target, wish.amount, codes.WITHDRAWAL)]
    if fee:
        locked.append(known.fees(wish.currency))
        items = [
            items[0]._replace(linked=True),
            Item(ids.sibling(new.id, "fee"), Kind.HOLD, source, locked[-1], fee, codes.FEE),
        ]
    return Plan(
        brand.code,
        wish.actor,
        new,
        tuple(locked),
        _checks(wish, source),
        tuple(items),
        refusal=refusal,
    )


def _wanted(wish: WithdrawalWish) -> rules.Wanted:
    return rules.Wanted(
        amount=wish.amount,
        currency=wish.currency,
        details=queries.details_of(wish.bank_account),
        usable_from=wish.bank_account.usable_from,
        customer_name=wish.customer.name,
        identity_level=wish.customer.identity_level,
    )


def _checks(wish: WithdrawalWish, source: UUID) -> tuple[Check, ...]:
    """To whichever of the customer's own accounts it goes: the same sum is the same withdrawal."""
    return (
        CanSend(customer=wish.customer.id, account=source),
        *limits.checks(wish.customer, wish.currency),
        *asking.retried_once(
            wish.retry_of,
            kind=PaymentKind.WITHDRAWAL,
            amount=wish.amount,
            currency=wish.currency,
        ),
        screening.screened(wish.customer.id, wish.bank_account.id),
    )


def _new(
    wish: WithdrawalWish, brand: Brand, fee: int, notice: UUID | None, *, source: UUID, target: UUID
) -> NewPayment:
    account = wish.bank_account
    trip = rules.journey(brand.payouts, brand.zone, clock.now())
    waits: Refusal | None = trip.waits
    content = {
        "kind": COMPONENT,
        "to": str(account.id),
        "amount": wish.amount,
        "currency": wish.currency,
    }
    return NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.WITHDRAWAL,
        amount=wish.amount,
        currency=wish.currency,
        fee=fee,
        asked=asking.asked(wish.actor, wish.key, content),
        payer=wish.customer.id,
        recipient_shown=queries.label(account, wish.customer.user.lang),
        details={
            "source": str(source),
            "target": str(target),
            "bank_account": str(account.id),
            "bank": account.bank,
            "last4": account.last4,
            "goes_out_at": trip.leaves.at.isoformat(),
            "arrives_on": trip.arrives_on.isoformat(),
        },
        note=asking.clean_note(wish.note),
        retry_of=wish.retry_of.id if wish.retry_of else None,
        client_version=wish.client_version[: asking.VERSION_LENGTH],
        notice=notice,
        state=PaymentState.PROCESSING,
        reason=waits.reason if waits else None,
        facts=dict(waits.facts) if waits else {},
    )
