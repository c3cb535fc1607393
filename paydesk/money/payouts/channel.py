"""Through which provider a brand's withdrawals leave, and what it is told about the account.

The number and the holder's name stay sealed in what is stored; an adapter opens them at the
moment of sending.
"""

from collections.abc import Mapping

from paydesk.brands.profile import in_language
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import Terms
from paydesk.money.payouts import directory, queries
from paydesk.money.payouts.details import Scheme
from paydesk.money.payouts.models import BankAccount


class NoChannel(RuntimeError):
    """No provider of this installation pays out for the brand."""


def provider(brand: str) -> str:
    """The code of the provider that pays out for a brand. Raises NoChannel."""
    if found := _found(brand):
        return found
    raise NoChannel(f"no provider pays out for {brand}")


def is_there(brand: str) -> bool:
    """Whether money of the brand can leave to a bank account now."""
    return bool(_found(brand))


def _found(brand: str) -> str:
    able = (one.code for one in registry.of_brand(brand) if one.capabilities.payouts)
    return next(able, "")


def token(account: BankAccount) -> str:
    """How an attempt names its bank account: by our id, never by its number."""
    return f"bank:{account.id.hex}"


def shown(account: BankAccount) -> dict[str, str]:
    """The masked display that is kept with an attempt."""
    return {
        "kind": "bank",
        "scheme": account.bank,
        "last4": account.last4,
        "country": account.country,
        "name": queries.bank_name(account, account.customer.user.lang),
    }


def terms(account: BankAccount, number: str) -> dict[str, object]:
    """What the provider is told (protocol.Terms as JSON); `number` is the payment's."""
    return Terms(description=number, destination=_destination(account)).as_json()


def _destination(account: BankAccount) -> Mapping[str, str]:
    bank = directory.get(account.bank)
    return {
        "scheme": Scheme(account.scheme).value,
        "country": account.country,
        "bank": account.bank,
        "bank_name": in_language(bank.names, "zh") if bank else "",
        "branch": account.branch,
        "last4": account.last4,
        "number_sealed": bytes(account.number_sealed).decode(),
        "holder_sealed": bytes(account.holder_sealed).decode(),
        "about": account.about,
    }
