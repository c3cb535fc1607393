"""The ledger's side of reconciliation: settled money leaves clearing, differences are put right.

Called inside the transaction that records why; knows no file and no line.
"""

from collections.abc import Mapping
from uuid import UUID

from paydesk.kit import clock, ids
from paydesk.money.ledger import actions as ledger
from paydesk.money.ledger.posting import lock_accounts, post_batch
from paydesk.money.ledger.rules import AccountCode, Item, Kind
from paydesk.money.payments import codes
from paydesk.money.payments.accounts import provider_owner
from paydesk.money.reconciliation.rules import Totals, Way

_OTHER_SIDE = {Way.WRITE_OFF: AccountCode.LOSSES, Way.FEE: AccountCode.FEES}


class NotBooked(RuntimeError):
    """The ledger refused what house accounts never refuse."""


def settled(brand: str, provider: str, sums: Mapping[str, Totals]) -> list[UUID]:
    """Take what a file settled out of the provider's clearing accounts: the net went to our bank,
    the fee to the provider. Answers the transfers' ids. Raises NotBooked."""
    wanted = []
    for currency, one in sums.items():
        clearing = _clearing(brand, provider, currency)
        wanted.append((_house(brand, currency, AccountCode.BANK), clearing, one.net))
        wanted.append((_house(brand, currency, AccountCode.FEES), clearing, one.fee))
    return _post(wanted)


def put_right(brand: str, provider: str, currency: str, amount: int, way: Way) -> UUID:
    """Take a difference of `amount` (theirs less ours, in minor units) out of clearing.

    Raises NotBooked.

    What was settled and is not in our book has left clearing too empty: it goes back from the
    other side, and the other way round.
    """
    other = _house(brand, currency, _OTHER_SIDE[way])
    return _post([(_clearing(brand, provider, currency), other, amount)])[0]


def _post(wanted: list[tuple[UUID, UUID, int]]) -> list[UUID]:
    """Move each amount from the first account to the second; a negative one the other way."""
    lock_accounts([side for first, second, _ in wanted for side in (first, second)])
    items = [
        Item(
            ids.uuid7(),
            Kind.PLAIN,
            first if amount > 0 else second,
            second if amount > 0 else first,
            abs(amount),
            codes.RECONCILED,
        )
        for first, second, amount in wanted
        if amount
    ]
    refused = [result for result in post_batch(items, clock.now()) if not result.ok]
    if refused:
        raise NotBooked(refused[0].outcome.name)
    return [item.id for item in items]


def _clearing(brand: str, provider: str, currency: str) -> UUID:
    owner = provider_owner(provider)
    code = AccountCode.PROVIDER_CLEARING
    return ledger.open_account(brand=brand, currency=currency, code=code, owner=owner)


def _house(brand: str, currency: str, code: AccountCode) -> UUID:
    return ledger.open_account(brand=brand, currency=currency, code=code)
