"""Compares what programs were told with everything that the database says of payments."""

from collections import Counter
from collections.abc import Iterable

from django.db import connection

from paydesk.audit.models import Entry
from paydesk.audit.verify import verify as verify_audit
from paydesk.kit.events.models import Event
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.verify import verify as verify_ledger
from paydesk.money.merchants.models import Merchant
from paydesk.money.payments import accounts
from paydesk.money.payments.models import Payment
from paydesk.notifications.models import Message
from paydesk.people.models import Customer
from tests.chaos.programs import Request

# A payment of the merchant's without its transfer between the same two, or the other way round.
_HALF_DONE = """
    SELECT p.id, t.id FROM (SELECT * FROM payments_payment WHERE kind = 'disbursement') p
    FULL JOIN (SELECT * FROM ledger_transfer WHERE code = 60) t USING (id)
    LEFT JOIN ledger_account debit ON debit.id = t.debit_id
    LEFT JOIN ledger_account credit ON credit.id = t.credit_id
    WHERE (p.state = 'succeeded' AND t.outcome = 0 AND p.amount = t.amount
        AND debit.owner = p.merchant_id AND credit.owner = p.payee_id) IS NOT TRUE
"""


def check(merchant: Merchant, funds: int, customers: list[Customer], asked: list[Request]) -> int:
    """Each acknowledged payment is there once, nothing is half done, every balance is what the
    payments come to, and the proofs hold. How many payments are stored."""
    stored = _stored(merchant)
    _check_acknowledged(stored, asked)
    _check_told([str(row[0]) for row in stored.values()])
    _check_written_once()
    with connection.cursor() as cursor:
        cursor.execute(_HALF_DONE)
        assert cursor.fetchall() == []
    received: Counter[str] = Counter()
    for _, amount, number in stored.values():
        received[number] += amount
    assert {one.number: _wallet(one) for one in customers} == {
        one.number: received[one.number] for one in customers
    }
    left = ledger.balance(accounts.chart("topay", merchant).merchant(merchant, "CNY"))
    assert (left.posted, left.held) == (funds - received.total(), 0)
    for proof in (verify_ledger(), verify_audit()):
        assert proof.ok, str(proof)
    return len(stored)


def _stored(merchant: Merchant) -> dict[str, tuple[str, int, str]]:
    """Id, amount and payee's number of every payment, by its key."""
    rows = Payment.objects.filter(merchant=merchant)
    assert set(rows.values_list("state", flat=True).distinct()) == {"succeeded"}
    columns = rows.values_list("request_key", "id", "amount", "payee__number")
    stored = {key: (str(id_), amount, number) for key, id_, amount, number in columns}
    assert len(stored) == rows.count(), "a key has two payments"
    return stored


def _check_acknowledged(stored: dict[str, tuple[str, int, str]], asked: list[Request]) -> None:
    wishes = {
        key: wish
        for request in asked
        for key, wish in zip(request.stored_keys(), request.wishes, strict=True)
    }
    assert stored.keys() <= wishes.keys(), "a payment that nobody asked for"
    lost = [key for key, wish in wishes.items() if wish.id and key not in stored]
    assert not lost, f"{len(lost)} acknowledged payments are lost, such as {lost[0]}"
    for key, (id_, amount, number) in stored.items():
        wish = wishes[key]
        assert (amount, number) == (wish.amount, wish.recipient)
        assert wish.id in ("", id_), f"{key} was told as {wish.id} and is {id_}"


def _check_told(payments: list[str]) -> None:
    """One event and one line of the audit for each."""
    events = Event.objects.filter(kind="payment.changed", subject__startswith="payment:")
    told = Counter(name.partition(":")[2] for name in events.values_list("subject", flat=True))
    assert told == Counter(payments)
    assert Counter(_audited()) == Counter(payments)


def _audited() -> Iterable[str]:
    entries = Entry.objects.filter(action__in=("money.batch", "money.disbursement"))
    for subject, details in entries.values_list("subject", "details").iterator():
        for group in details.get("of", [{"ids": [subject.partition(":")[2]]}]):
            yield from group["ids"]


def _check_written_once() -> None:
    """Workers were killed while they wrote to receivers: nobody was written to twice or passed
    over. What is not written yet waits for its turn."""
    written = Payment.objects.filter(kind="disbursement").exclude(confirmed_at=None).count()
    assert Message.objects.filter(template="payments/received").count() == written


def _wallet(customer: Customer) -> int:
    return ledger.balance(accounts.chart("topay").wallet(customer, "CNY")).posted
