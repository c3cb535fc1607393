"""Opening accounts and setting their flags. Never moves money (see posting.py).

Both write no audit row: the action of the domain above that calls them does, in the same
transaction.
"""

from uuid import UUID

from django.db import connection

from paydesk.kit import clock, ids
from paydesk.money.ledger.rules import NEVER_NEGATIVE, AccountCode, AccountFlag

_OPEN = "SELECT public.ledger_open_account(%s, %s, %s, %s, %s, %s, %s)"
_SET_FLAGS = "SELECT public.ledger_set_flags(%s, %s, %s)"
_STILL_HOLDS_MONEY = -1


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
