"""What a bank statement means for payments: money that came, payouts that went out or came back.

Each entry takes the way of a provider's notification. Harmless to repeat.
"""

from collections.abc import Iterable
from uuid import UUID

from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import actions as payments
from paydesk.money.payments.actions.topup import record_received
from paydesk.money.payments.models import Attempt
from paydesk.money.payments.providers import credentials
from paydesk.money.payments.providers.bank import adapter, delivery, numbers
from paydesk.money.payments.providers.bank.entries import Entry
from paydesk.money.payments.states import AttemptState, Direction
from paydesk.people import queries as people

_OPEN = (AttemptState.STARTED, AttemptState.REQUIRES_ACTION, AttemptState.UNKNOWN)


def apply(brand: str, entries: Iterable[Entry]) -> dict[str, UUID]:
    """Apply entries; our reference by the bank's number, for those that belong to an order.

    Money that goes out with a reason for its return is no order of ours: a person looks."""
    found = {}
    for entry in entries:
        if entry.amount < 0 and entry.return_code:
            continue
        reference = entry.reference or _came_in(brand, entry)
        if reference is None:
            continue
        found[entry.number] = reference
        raw = delivery.write(entry, reference)
        payments.receive_notification("bank", brand, raw, delivery.sign(brand, raw))
    return found


def _came_in(brand: str, entry: Entry) -> UUID | None:
    """The order that money on a virtual account pays: the one waiting, or a new one."""
    if entry.amount <= 0 or not entry.to_number:
        return None
    before = Attempt.objects.filter(
        brand=brand, provider="bank", provider_reference=entry.number
    ).first()
    if before:
        return before.id
    number = numbers.customer_of(credentials.of("bank", brand), entry.to_number)
    if number is None:
        return None
    return _waiting(brand, number, entry) or _unasked(brand, number, entry)


def _waiting(brand: str, number: str, entry: Entry) -> UUID | None:
    orders = Attempt.objects.filter(
        brand=brand,
        provider="bank",
        direction=Direction.CHARGE,
        token=adapter.token(number),
        amount=entry.amount,
        currency=entry.currency,
        state__in=_OPEN,
    )
    return orders.order_by("started_at").values_list("id", flat=True).first()


def _unasked(brand: str, number: str, entry: Entry) -> UUID | None:
    """A top-up that nobody asked for: whoever knows the account may pay into it. The money is in
    our bank account already, so it is recorded whatever would refuse a wish."""
    customer = people.find_customer(brand, number)
    if customer is None:
        return None
    outcome = record_received(
        customer=customer,
        token=adapter.token(number),
        amount=entry.amount,
        currency=entry.currency,
        actor=SYSTEM(brand),
        key=f"bank:{entry.number}"[:64].ljust(8, "."),
    )
    orders = Attempt.objects.filter(payment_id=outcome.id)
    return orders.values_list("id", flat=True).first()
