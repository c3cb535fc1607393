"""Accounts, their flags, holds that lapse, days that end, months ahead. New money: posting.py.

They write no audit row: where there is one to write, the action of the domain above that calls
them does, in the same transaction.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from paydesk.brands import profiles
from paydesk.brands.profile import Brand
from paydesk.kit import clock, ids
from paydesk.money.ledger import posting, queries
from paydesk.money.ledger.rules import (
    NEVER_NEGATIVE,
    AccountCode,
    AccountFlag,
    Item,
    Kind,
    Outcome,
    Result,
)

_OPEN = "SELECT public.ledger_open_account(%s, %s, %s, %s, %s, %s, %s)"
_SET_FLAGS = "SELECT public.ledger_set_flags(%s, %s, %s)"
_STILL_HOLDS_MONEY = -1
_SNAPSHOTS = "SELECT last, taken FROM public.ledger_take_snapshots(%s, %s, %s, %s, %s, %s)"
_PART = 1000  # accounts whose snapshots are taken, and which are locked, at once
DAY = timedelta(days=1)
GRACE = timedelta(minutes=5)  # after midnight, so that what began before it has ended
MONTHS_AHEAD = 3


class DayNotOverError(ValueError):
    """A day can be closed some minutes after it is over in the brand's zone."""


class UnknownAccountError(LookupError):
    """There is no account of this id."""


class AccountNotEmptyError(ValueError):
    """The account can't be closed: it still has a balance or a hold."""


def open_account(
    *, brand: str, currency: str, code: AccountCode, owner: UUID | None = None
) -> UUID:
    """The id of the account of this brand, currency, code and owner, opened now if it is missing.

    `currency` is an ISO 4217 code. `owner` is the customer, merchant or provider; None for the
    house's own. House accounts may go negative, wallets and merchants' may not. Raises
    django.db.DataError for a malformed brand or currency.
    """
    flags = AccountFlag(0) if code in NEVER_NEGATIVE else AccountFlag.MAY_GO_NEGATIVE
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN, [ids.uuid7(), brand, currency, int(code), owner, int(flags), clock.now()]
        )
        return UUID(str(cursor.fetchone()[0]))


def set_flags(
    account_id: UUID,
    *,
    to_set: AccountFlag = AccountFlag(0),  # noqa: B008 - an immutable value
    to_clear: AccountFlag = AccountFlag(0),  # noqa: B008 - likewise
) -> AccountFlag:
    """Set and clear flags of an account, whose lock is then held; answers the flags it has now.

    Several accounts in one transaction: in id order, as every batch locks them.
    Raises UnknownAccountError; AccountNotEmptyError when it should be closed while it still has
    a balance or a hold; django.db.DataError for MAY_GO_NEGATIVE, which is settled at opening.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SET_FLAGS, [account_id, int(to_set), int(to_clear)])
        flags = cursor.fetchone()[0]
    if flags is None:
        raise UnknownAccountError(account_id)
    if flags == _STILL_HOLDS_MONEY:
        raise AccountNotEmptyError(account_id)
    return AccountFlag(flags)


def expire_due(at: datetime, limit: int = 500) -> list[Result]:
    """Release holds that lapsed by `at`, at most `limit`, the earliest first; answers those.

    One transaction; the entries' moment is taken under the locks. May run twice, late, or beside
    others that settle the same holds: each hold is settled once, and one that was settled
    meanwhile is left out of the answer.
    """
    with transaction.atomic():
        lapsed = queries.expired_holds(at, limit)
        locked = posting.lock_accounts([s for h in lapsed for s in (h.debit_id, h.credit_id)])
        # Others may have posted since: no entry may be earlier than the last one of its account.
        moment = max(at, clock.now(), *(account.last_at for account in locked.values()))
        still = {hold.id for hold in queries.expired_holds(at, limit)}
        items = [
            Item(
                ids.uuid7(), Kind.EXPIRE, h.debit_id, h.credit_id, h.amount, h.code, pending_id=h.id
            )
            for h in lapsed
            if h.id in still
        ]
        results = posting.post_batch(items, moment)
    return [result for result in results if result.outcome is not Outcome.ALREADY_SETTLED]


def take_snapshots(brand: Brand, day: date) -> int:
    """Write down how every account of a brand that moved on `day` of its zone stood at its end.

    Answers how many were new: a second run adds only what is missing and changes nothing. Raises
    DayNotOverError until some minutes after the day has ended. Works in parts of a thousand
    accounts, each in a transaction of its own.
    """
    since, until = _bounds(day, brand.timezone)
    if until + GRACE > clock.now():
        raise DayNotOverError(brand.code, day)
    taken = 0
    last: UUID | None = None
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SNAPSHOTS, [brand.code, day, since, until, last, _PART])
            last, part = cursor.fetchone()
        taken += int(part)
        if last is None:
            return taken


def close_days() -> int:
    """Take every brand's snapshots of the days that ended since its last ones (at most a month of
    them, and of the last day if it has none yet); answers how many were new."""
    taken = 0
    for brand in profiles.all():
        ended = (clock.now() - GRACE).astimezone(ZoneInfo(brand.timezone)).date() - DAY
        first = queries.last_snapshot_day(brand.code) or ended
        for behind in reversed(range(min((ended - first).days, 31) + 1)):
            taken += take_snapshots(brand, ended - behind * DAY)
    return taken


def _bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The midnights that begin and end a day somewhere."""
    return (
        datetime.combine(day, time.min, ZoneInfo(zone)),
        datetime.combine(day + DAY, time.min, ZoneInfo(zone)),
    )


def prepare_months(ahead: int = MONTHS_AHEAD) -> int:
    """Make the partitions of this month and the `ahead` next ones that are missing; how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.ledger_prepare_months(%s)", [ahead])
        return int(cursor.fetchone()[0])
