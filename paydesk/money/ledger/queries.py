"""Reading the ledger: accounts, balances now and then, entries, open holds. Never writes or locks.

Amounts are minor units. An entry is a transfer seen from one of its two accounts.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from paydesk.money.ledger.models import Account, Transfer
from paydesk.money.ledger.rules import AccountCode, Balance, Entry, Kind, Outcome

# Every entry names the one before it on its account, so history is walked from the newest back,
# one key look-up an entry. (An index per side would cost the write path more than all the rest.)
_WALK = """
WITH RECURSIVE walk AS (
    SELECT t.*, t.debit_id = %(account)s AS debited, 1 AS nth
    FROM public.ledger_transfer t WHERE t.id = %(start)s AND t.at >= %(since)s
    UNION ALL
    SELECT t.*, t.debit_id = %(account)s, w.nth + 1
    FROM walk w JOIN public.ledger_transfer t
        ON t.id = CASE WHEN w.debited THEN w.debit_before ELSE w.credit_before END
    WHERE w.nth < %(limit)s AND w.at > %(until)s AND t.at >= %(since)s
)
SELECT id,
    CASE WHEN debited THEN debit_sequence ELSE credit_sequence END,
    CASE WHEN kind IN (1, 3, 6) THEN CASE WHEN debited THEN -amount ELSE amount END ELSE 0 END,
    CASE WHEN debited THEN debit_posted ELSE credit_posted END,
    CASE WHEN debited THEN debit_held ELSE credit_held END,
    at, kind, code, CASE WHEN debited THEN credit_id ELSE debit_id END, pending_id
FROM walk ORDER BY nth
"""
_EVER = datetime.min.replace(tzinfo=UTC)
_NO_LIMIT = 2**31 - 1


def account_for(
    brand: str, currency: str, code: AccountCode, owner: UUID | None = None
) -> UUID | None:
    """The id of that account, None if it was never opened."""
    return (
        Account.objects.filter(brand=brand, currency=currency, code=code, owner=owner)
        .values_list("id", flat=True)
        .first()
    )


def accounts_of(brand: str, owner: UUID) -> list[Account]:
    """Every account of one owner within a brand, in id order: the order in which to lock them."""
    return list(Account.objects.filter(brand=brand, owner=owner).order_by("id"))


def accounts_by_owner(
    brand: str, owners: Collection[UUID], codes: Collection[AccountCode]
) -> dict[tuple[UUID, str], UUID]:
    """The accounts of many owners, each of whom has accounts of one code: by owner and currency."""
    rows = Account.objects.filter(brand=brand, owner__in=list(owners), code__in=list(codes))
    return {
        (owner, currency): id_
        for owner, currency, id_ in rows.values_list("owner", "currency", "id")
        if owner
    }


def balance(account_id: UUID) -> Balance:
    """What the account holds now. Raises Account.DoesNotExist."""
    account = Account.objects.get(id=account_id)
    return Balance(account.posted, account.held, account.currency)


def balance_at(account_id: UUID, at: datetime) -> Balance:
    """What the account held after its last entry at or before `at`; zero before its first.

    Walks back from the newest entry. Raises Account.DoesNotExist.
    """
    account = Account.objects.get(id=account_id)
    if account.last_at <= at:
        return Balance(account.posted, account.held, account.currency)
    walked = _walk(account, account.last_entry, _NO_LIMIT, until=at)
    if not walked or walked[-1].at > at:
        return Balance(0, 0, account.currency)
    return Balance(walked[-1].posted, walked[-1].held, account.currency)


def entries(
    account_id: UUID,
    *,
    before: UUID | None = None,
    since: datetime | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The account's entries, newest first, none earlier than `since`.

    `before`: the transfer id of the last entry of the page that went before. Raises
    Account.DoesNotExist; Transfer.DoesNotExist if `before` is no entry of this account.
    """
    account = Account.objects.get(id=account_id)
    start = account.last_entry
    if before is not None:
        sides = Q(debit_id=account_id) | Q(credit_id=account_id)
        last = Transfer.objects.get(sides, id=before, outcome=Outcome.OK)
        start = last.debit_before if last.debit_id == account_id else last.credit_before
    return _walk(account, start, limit, since=since or _EVER)


def _walk(
    account: Account,
    start: UUID | None,
    limit: int,
    *,
    since: datetime = _EVER,
    until: datetime = _EVER,
) -> list[Entry]:
    """Entries from `start` back: at most `limit`, none before `since`, none after the first one
    that is not later than `until`."""
    parameters: dict[str, UUID | int | datetime | None] = {
        "account": account.id,
        "start": start,
        "limit": limit,
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WALK, parameters)
        return [Entry(*row)._replace(kind=Kind(row[6])) for row in cursor.fetchall()]


def transfer(transfer_id: UUID) -> Transfer | None:
    """What is stored under this id, a transfer or a refusal (see `outcome`); None if nothing."""
    return Transfer.objects.filter(id=transfer_id).first()


def open_holds(account_id: UUID) -> list[Transfer]:
    """Holds on the account that were not yet posted, voided or expired, oldest first."""
    return list(_unsettled_holds().filter(debit_id=account_id).order_by("debit_sequence"))


def expired_holds(at: datetime, limit: int = 500) -> list[Transfer]:
    """Holds past their expiry that still reserve money, so that a job can post their expiry."""
    return list(_unsettled_holds().filter(expires_at__lte=at).order_by("expires_at")[:limit])


def _unsettled_holds() -> QuerySet[Transfer]:
    settlement = Transfer.objects.filter(pending_id=OuterRef("id"), outcome=Outcome.OK)
    return Transfer.objects.filter(kind=Kind.HOLD, outcome=Outcome.OK).exclude(Exists(settlement))
