"""Reading the ledger: accounts, balances now and then, entries, open holds. Never writes or locks.

Amounts are minor units. An entry is a transfer seen from one of its two accounts.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from paydesk.kit import ids
from paydesk.kit.arrays import uuid_array
from paydesk.money.ledger.models import Account, OpenHold, Settlement, Snapshot, Transfer
from paydesk.money.ledger.rules import AccountCode, Balance, Entry, Kind, Outcome

# Every entry names the one before it on its account, so history is walked from the newest back,
# one key look-up an entry, and marks lead to any moment (sql/history.sql). An index of all
# entries would cost the write path more than all the rest.
_ENTRIES = "SELECT * FROM public.ledger_entries(%s, %s, %s, %s, %s)"
_LAST_BEFORE = "SELECT posted, held FROM public.ledger_last_before(%s, %s)"
_OF_OWNERS = (
    "SELECT owner, currency, id FROM public.ledger_account"
    " WHERE brand = %s AND owner = ANY (%s::uuid[]) AND code = ANY (%s)"
)
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
    with connection.cursor() as cursor:
        cursor.execute(_OF_OWNERS, [brand, uuid_array(owners), [code.value for code in codes]])
        return {(owner, currency): id_ for owner, currency, id_ in cursor.fetchall()}


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
    with connection.cursor() as cursor:
        cursor.execute(_LAST_BEFORE, [account_id, at + _TICK])
        posted, held = cursor.fetchone() or (0, 0)
    return Balance(posted, held, account.currency)


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
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [account_id, before, since, until, limit])
        page = [Entry(*row)._replace(kind=Kind(row[6])) for row in cursor.fetchall()]
    if not page:
        Account.objects.only("id").get(id=account_id)
        if before is not None:
            sides = Q(debit_id=account_id) | Q(credit_id=account_id)
            Transfer.objects.only("id").get(sides, id=before, outcome=Outcome.OK)
    return page


def transfer(transfer_id: UUID) -> Transfer | None:
    """What is stored under this id, a transfer or a refusal (see `outcome`); None if nothing."""
    return Transfer.objects.filter(id=transfer_id).first()


def leg(first_id: UUID, account_id: UUID) -> Transfer | None:
    """The account's part of the linked group that this transfer begins, all of it siblings (see
    kit.ids); None if it has none."""
    sides = Q(debit_id=account_id) | Q(credit_id=account_id)
    group = Transfer.objects.filter(group_id=first_id, id__range=ids.siblings_within(first_id))
    return group.filter(sides).order_by("id").first()


def beginnings(transfer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Under which id each of these transfers began: that of its linked group, and where it settled
    a hold or reversed something, that one's group's. Unknown ids are left out."""
    found = Transfer.objects.filter(id__in=list(transfer_ids))
    rows = found.values_list("id", "group_id", "pending_id")
    earlier = {pending for _, _, pending in rows if pending}
    first = Transfer.objects.filter(id__in=list(earlier)).values_list("id", "group_id")
    groups = {id_: group or id_ for id_, group in first}
    return {id_: groups[pending] if pending else group or id_ for id_, group, pending in rows}


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
