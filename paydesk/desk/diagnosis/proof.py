"""What the ledger says about a payment, from one customer's side. Read from entries alone.

The payment's own state is not asked: should it ever differ from the ledger, that is seen here.
"""

from uuid import UUID

from paydesk.desk.diagnosis.shapes import Booked, NotBooked, Proof
from paydesk.kit import clock
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.models import Transfer
from paydesk.money.ledger.rules import AccountCode, Kind, Outcome
from paydesk.money.payments.models import Payment


def prove(payment: Payment, owner: UUID) -> Proof:
    """The entry on the owner's wallet, or that there is none and what the wallet held then.

    `owner` is the paying or the receiving customer, and learns nothing of the other's balance.
    Raises ValueError for anybody else.
    """
    if owner not in (payment.payer_id, payment.payee_id):
        raise ValueError("neither paid nor received it")
    _, currency = payment.gave if owner == payment.payer_id else payment.got
    account = ledger.account_for(payment.brand, currency, AccountCode.CUSTOMER_WALLET, owner)
    if account is None:
        return NotBooked(currency, None)
    stored = _moved(payment.pk, account)
    if stored and stored.outcome == Outcome.OK:
        return _entry(stored, account, currency)
    then = ledger.balance_at(account, payment.finished_at or clock.now())
    return NotBooked(currency, then.posted)


def _moved(payment_id: UUID, account: UUID) -> Transfer | None:
    """The transfer that is kept under the payment's id, or the account's own leg of its linked
    group; of a hold, which moves nothing, what took it or a part of it."""
    stored = ledger.transfer(payment_id)
    if stored and account not in (stored.debit_id, stored.credit_id):
        stored = ledger.leg(payment_id, account)
    if stored is None or stored.kind != Kind.HOLD:
        return stored
    ended = ledger.settlement(stored.pk)
    return ended if ended and ended.kind == Kind.POST else None


def _entry(stored: Transfer, account: UUID, currency: str) -> Booked:
    """The owner's side of a transfer that was carried out."""
    paid = stored.debit_id == account
    return Booked(
        transfer=stored.pk,
        sequence=(stored.debit_sequence if paid else stored.credit_sequence) or 0,
        moved=-stored.amount if paid else stored.amount,
        balance=stored.debit_posted if paid else stored.credit_posted,
        currency=currency,
        at=stored.at,
    )
