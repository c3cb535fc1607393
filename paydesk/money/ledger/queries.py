"""Reading the ledger: accounts, balances now and then, entries, open holds. Never writes or locks.

Amounts are minor units. An entry is a transfer seen from one of its two accounts.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import connection
from django.db.models import Q

from paydesk.money.ledger.models import Account, OpenHold, Settlement, Snapshot, Transfer
from paydesk.money.ledger.rules import AccountCode, Balance, Entry, Kind, Outcome

# Every entry names the one before it on its account, so history is walked from the newest back,
# one key look-up an entry. (An index per side would cost the write path more than all the rest.)
# A jump to a moment goes by the marks instead (sql/history.sql).
_WALK = """
WITH RECURSIVE walk AS (
    SELECT t.*, t.debit_id = %(account)s AS debited, 1 AS nth
    FROM public.ledger_transfer t WHERE t.id = %(start)s AND t.at >= %(since)s
    UNION ALL
    SELECT t.*, t.debit_id = %(account)s, w.nth + 1
    FROM walk w JOIN public.ledger_transfer t
        ON t.id = CASE WHEN w.debited THEN w.debit_before ELSE w.credit_before END
    WHERE w.nth < %(limit)s AND t.at >= %(since)s
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
_TICK = timedelta(microseconds=1)  # of PostgreSQL's clock


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

    Two index look-ups and at most 64 entries, however long the history. Raises
    Account.DoesNotExist.
    """
    account = Account.objects.get(id=account_id)
    if account.last_at <= at:
        return Balance(account.posted, account.held, account.currency)
    found = _last_before(account_id, at + _TICK)
    return Balance(*found[1:], account.currency) if found else Balance(0, 0, account.currency)


def entries(
    account_id: UUID,
    *,
    before: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The account's entries, newest first, none earlier than `since`, all earlier than `until`.

    `before`: the transfer id of the last entry of the page that went before. A page costs as many
    key look-ups as it has entries, and at most 64 more at the first page of an `until`. Raises
    Account.DoesNotExist; Transfer.DoesNotExist if `before` is no entry of this account.
    """
    account = Account.objects.get(id=account_id)
    start = account.last_entry
    if before is not None:
        sides = Q(debit_id=account_id) | Q(credit_id=account_id)
        last = Transfer.objects.get(sides, id=before, outcome=Outcome.OK)
        if until is not None and last.at >= until:
            raise ValueError("`before` is not on a page of this `until`")
        start = last.debit_before if last.debit_id == account_id else last.credit_before
    elif until is not None and account.last_at >= until:
        found = _last_before(account_id, until)
        start = found[0] if found else None
    return _walk(account, start, limit, since=since or _EVER)


def _last_before(account_id: UUID, moment: datetime) -> tuple[UUID, int, int] | None:
    """The account's last entry earlier than `moment`: transfer, posted, held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT transfer_id, posted, held FROM public.ledger_last_before(%s, %s)",
            [account_id, moment],
        )
        return cast("tuple[UUID, int, int] | None", cursor.fetchone())


def _walk(account: Account, start: UUID | None, limit: int, *, since: datetime) -> list[Entry]:
    """Entries from `start` back: at most `limit`, none before `since`."""
    parameters: dict[str, UUID | int | datetime | None] = {
        "account": account.id,
        "start": start,
        "limit": limit,
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WALK, parameters)
        return [Entry(*row)._replace(kind=Kind(row[6])) for row in cursor.fetchall()]


def transfer(transfer_id: UUID) -> Transfer | None:
    """What is stored under this id, a transfer or a refusal (see `outcome`); None if nothing."""
    return Transfer.objects.filter(id=transfer_id).first()


def settlement(transfer_id: UUID) -> Transfer | None:
    """What posted, voided or expired this hold, or reversed this transfer; None if nothing has."""
    settled = Settlement.objects.filter(original_id=transfer_id).values("transfer_id")
    return Transfer.objects.filter(id__in=settled).first()


def open_holds(account_id: UUID) -> list[Transfer]:
    """Holds on the account that were not yet posted, voided or expired, oldest first."""
    opened = OpenHold.objects.filter(account_id=account_id).values_list("transfer_id", flat=True)
    return sorted(_transfers(opened), key=lambda hold: hold.debit_sequence or 0)


def expired_holds(at: datetime, limit: int = 500) -> list[Transfer]:
    """Holds past their expiry that still reserve money, the earliest first, so that a job can post
    their expiry."""
    lapsed = OpenHold.objects.filter(expires_at__lte=at).order_by("expires_at", "transfer_id")
    held = {one.id: one for one in _transfers(lapsed.values_list("transfer_id", flat=True)[:limit])}
    return [held[one.transfer_id] for one in lapsed[:limit] if one.transfer_id in held]


def _transfers(ids: Iterable[UUID]) -> list[Transfer]:
    return list(Transfer.objects.filter(id__in=list(ids)))


def snapshot(account_id: UUID, day: date) -> Snapshot | None:
    """How the account stood at the end of that day of its brand: the snapshot of the day, or of
    the last day before it on which the account moved. None when there is none. Only for days up
    to `last_snapshot_day`; a later one was not closed yet."""
    past = Snapshot.objects.filter(account_id=account_id, day__lte=day)
    return past.order_by("-day").first()


def last_snapshot_day(brand: str) -> date | None:
    """The last day of which snapshots of a brand's accounts were taken."""
    days = Snapshot.objects.filter(brand=brand).order_by("-day")
    return days.values_list("day", flat=True).first()
