"""Which ledger account is whose: of customers, of merchants, and the house's own.

Opens them on demand and keeps a wallet's flags equal to its customer's restrictions. Moves no
money.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.ledger import actions as ledger
from paydesk.money.ledger import queries
from paydesk.money.ledger.rules import AccountCode, AccountFlag
from paydesk.money.merchants.models import Merchant
from paydesk.money.payments.models import Attempt
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import FINISHED
from paydesk.people import queries as people
from paydesk.people.models import Customer

_BLOCKS = AccountFlag.NO_DEBIT | AccountFlag.NO_CREDIT
_CLEARING = int(AccountCode.PROVIDER_CLEARING)
# Every payment asks this: written out, it costs a third of what it does as a QuerySet.
_CHART = """
SELECT code, owner, currency, id FROM ledger_account
WHERE brand = %s AND (owner = ANY(%s::uuid[]) OR owner IS NULL OR code = %s)
"""


class NoNewAccount(ValueError):
    """A closed customer or merchant has no account in this currency, and gets none any more."""


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts of some customers, merchants and the house of a brand, found in one query."""

    brand: str
    known: dict[tuple[AccountCode, UUID | None, str], UUID]

    def wallet(self, customer: Customer, currency: str) -> UUID:
        """The customer's wallet account, opened now if it is missing.

        Raises ValueError for a currency that the brand does not offer, NoNewAccount for a closed
        customer.
        """
        found = self.known.get((AccountCode.CUSTOMER_WALLET, customer.id, currency))
        if found is None and currency not in profiles.get(self.brand).currencies:
            raise ValueError(f"{self.brand} has no {currency}")
        return found or _open(customer.id, self.brand, currency)

    def currencies(self, customer: Customer) -> frozenset[str]:
        """The currencies in which the customer has a wallet."""
        return frozenset(
            currency
            for code, owner, currency in self.known
            if code is AccountCode.CUSTOMER_WALLET and owner == customer.id
        )

    def clearing(self, currency: str, provider: str = "") -> UUID:
        """What a provider took and still owes us, or the other way round; trends to zero."""
        return self._house(AccountCode.PROVIDER_CLEARING, currency, provider_owner(provider))

    def suspense(self, currency: str) -> UUID:
        """The other side of money that is reserved but has no taker yet."""
        return self._house(AccountCode.SUSPENSE, currency)

    def fees(self, currency: str) -> UUID:
        """What customers and merchants paid the house for its services."""
        return self._house(AccountCode.FEES, currency)

    def liquidity(self, currency: str) -> UUID:
        """The house's stock of a currency, from which exchange is served."""
        return self._house(AccountCode.LIQUIDITY, currency)

    def bank(self, currency: str) -> UUID:
        """What providers have paid out to the house: its own money at the bank."""
        return self._house(AccountCode.BANK, currency)

    def merchant(self, merchant: Merchant, currency: str) -> UUID:
        """The merchant's account, opened now if it is missing.

        Raises ValueError for a currency that the brand does not offer, NoNewAccount for a closed
        merchant.
        """
        found = self.known.get((AccountCode.MERCHANT, merchant.id, currency))
        if found:
            return found
        if currency not in profiles.get(self.brand).currencies:
            raise ValueError(f"no {currency} account for merchant {merchant.number}")
        if merchant.closed_at:
            raise NoNewAccount(f"no {currency} account for closed merchant {merchant.number}")
        return ledger.open_account(
            brand=self.brand, currency=currency, code=AccountCode.MERCHANT, owner=merchant.id
        )

    def _house(self, code: AccountCode, currency: str, owner: UUID | None = None) -> UUID:
        found = self.known.get((code, owner, currency))
        return found or ledger.open_account(
            brand=self.brand, currency=currency, code=code, owner=owner
        )


def provider_owner(provider: str) -> UUID | None:
    """Whom the clearing account of a provider belongs to: an id that its code always gives."""
    if not provider:
        return None
    return UUID(bytes=hashlib.sha256(f"provider:{provider}".encode()).digest()[:16])


def chart(brand: str, *sides: Customer | Merchant) -> Chart:
    """The accounts of these customers and merchants and of the house; any number at once."""
    with connection.cursor() as cursor:
        cursor.execute(_CHART, [brand, [side.id for side in sides], _CLEARING])
        rows = cursor.fetchall()
    known = {(AccountCode(code), owner, currency): id_ for code, owner, currency, id_ in rows}
    return Chart(brand, known)


def wallet(customer: Customer, currency: str) -> UUID | None:
    """The customer's wallet account in a currency, None if there never was one."""
    return queries.account_for(
        customer.brand, currency, AccountCode.CUSTOMER_WALLET, owner=customer.id
    )


@transaction.atomic
def _open(customer_id: UUID, brand: str, currency: str) -> UUID:
    # The customer's row is locked, as it is by whoever restricts: neither can miss the other.
    locked = Customer.objects.select_for_update(no_key=True).get(id=customer_id)
    if locked.closed_at:
        raise NoNewAccount("a closed customer gets no new account")
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
