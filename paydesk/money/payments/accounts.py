"""Which ledger account is whose: wallets of customers, and the house's own per brand and currency.

Opens them on demand and keeps a wallet's flags equal to its customer's restrictions. Moves no
money.
"""

from uuid import UUID

from django.db import transaction

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.ledger import actions as ledger
from paydesk.money.ledger import queries
from paydesk.money.ledger.rules import AccountCode, AccountFlag
from paydesk.money.payments.models import Attempt
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import FINISHED
from paydesk.people import queries as people
from paydesk.people.models import Customer

_BLOCKS = AccountFlag.NO_DEBIT | AccountFlag.NO_CREDIT


def wallet(customer: Customer, currency: str) -> UUID | None:
    """The customer's wallet account in a currency, None if there never was one."""
    return queries.account_for(
        customer.brand, currency, AccountCode.CUSTOMER_WALLET, owner=customer.id
    )


def wallet_opened(customer: Customer, currency: str) -> UUID:
    """The customer's wallet account in a currency of the brand, opened now if it is missing.

    Raises ValueError for a currency that the brand does not offer.
    """
    if currency not in profiles.get(customer.brand).currencies:
        raise ValueError(f"{customer.brand} has no {currency}")
    found = wallet(customer, currency)
    return found or _open(customer.id, customer.brand, currency)


@transaction.atomic
def _open(customer_id: UUID, brand: str, currency: str) -> UUID:
    # The customer's row is locked, as it is by whoever restricts: neither can miss the other.
    locked = Customer.objects.select_for_update(no_key=True).get(id=customer_id)
    if locked.closed_at:
        raise ValueError("a closed customer gets no new account")
    account = ledger.open_account(
        brand=brand, currency=currency, code=AccountCode.CUSTOMER_WALLET, owner=customer_id
    )
    _follow(account, customer_id)
    return account


def open_first_wallet(customer_id: UUID, brand: str) -> None:
    """Open the wallet in the brand's default currency: every customer has that one."""
    _open(customer_id, brand, profiles.get(brand).default_currency)


def follow_restrictions(customer_id: UUID, brand: str) -> None:
    """Make the flags of all the customer's accounts what the restrictions in force say.

    Runs in the transaction that changes the restrictions, which holds the customer's row.
    """
    for account in _in_lock_order(customer_id, brand):
        _follow(account, customer_id)
    # Money that a provider took while the wallet could not receive is tried again at once.
    Attempt.objects.filter(
        payment__payee_id=customer_id, payment__reason=Reason.PAID_NOT_CREDITED
    ).exclude(payment__state__in=FINISHED).update(next_query_at=clock.now())


def close_wallets(customer_id: UUID, brand: str) -> None:
    """Close all the customer's accounts, in the transaction that closes the customer.

    Raises ledger.actions.AccountNotEmptyError while one still holds money.
    """
    for account in _in_lock_order(customer_id, brand):
        ledger.set_flags(account, to_set=AccountFlag.CLOSED)


def _in_lock_order(customer_id: UUID, brand: str) -> list[UUID]:
    return sorted(account.id for account in queries.accounts_of(brand, customer_id))


def _follow(account: UUID, customer_id: UUID) -> None:
    blocks = people.blocks_of(customer_id)
    wanted = AccountFlag(0)
    if blocks.send:
        wanted |= AccountFlag.NO_DEBIT
    if blocks.receive:
        wanted |= AccountFlag.NO_CREDIT
    ledger.set_flags(account, to_set=wanted, to_clear=_BLOCKS & ~wanted)


def clearing(brand: str, currency: str) -> UUID:
    """What a provider took and still owes us, or the other way round; trends to zero."""
    return _house(brand, currency, AccountCode.PROVIDER_CLEARING)


def suspense(brand: str, currency: str) -> UUID:
    """The other side of money that is reserved but has no taker yet."""
    return _house(brand, currency, AccountCode.SUSPENSE)


def _house(brand: str, currency: str, code: AccountCode) -> UUID:
    found = queries.account_for(brand, currency, code)
    return found or ledger.open_account(brand=brand, currency=currency, code=code)


def currencies(customer: Customer) -> frozenset[str]:
    """The currencies in which the customer has a wallet."""
    return frozenset(
        account.currency
        for account in queries.accounts_of(customer.brand, customer.id)
        if account.code == AccountCode.CUSTOMER_WALLET
    )
