"""What a wallet holds, ready to be shown: available, held, and what an amount would leave."""

from dataclasses import dataclass
from urllib.parse import urlencode

from paydesk.kit.money import format_amount, format_plain
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.payments import accounts
from paydesk.people.models import Customer


@dataclass(frozen=True, slots=True)
class BalanceView:
    """One currency of a wallet; minor units inside, words outside."""

    currency: str
    available_minor: int
    held_minor: int

    @property
    def available(self) -> str:
        """What can be sent, as text."""
        return format_amount(self.available_minor, self.currency)

    @property
    def held(self) -> str:
        """What is reserved, as text; empty when nothing is."""
        return format_amount(self.held_minor, self.currency) if self.held_minor else ""

    def less(self, minor: int) -> str:
        """What sending `minor` would leave; empty when there is too little for it."""
        rest = self.available_minor - minor
        return format_amount(rest, self.currency) if rest >= 0 else ""

    def short_of(self, minor: int) -> str:
        """By how much it is short of `minor`; empty when it is not."""
        missing = minor - self.available_minor
        return format_amount(missing, self.currency) if missing > 0 else ""


def balance_of(customer: Customer, currency: str) -> BalanceView:
    """The customer's wallet in a currency; zero where there is none yet."""
    account = accounts.wallet(customer, currency)
    if account is None:
        return BalanceView(currency, 0, 0)
    held = ledger.balance(account)
    return BalanceView(currency, held.available, held.held)


def balances_of(customer: Customer) -> list[BalanceView]:
    """Every currency in which the customer has a wallet."""
    found = ledger.accounts_of(customer.brand, customer.id)
    return [
        BalanceView(account.currency, account.posted - account.held, account.held)
        for account in found
        if account.code == AccountCode.CUSTOMER_WALLET
    ]


def topup_query(balance: BalanceView, minor: int) -> str:
    """The query that prefills a top-up with what `minor` is short of."""
    missing = max(minor - balance.available_minor, 0)
    amount = format_plain(missing, balance.currency)
    return urlencode({"amount": amount, "currency": balance.currency})
