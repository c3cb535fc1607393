"""Shorthand for ledger tests: open accounts, put money in, make items, post them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from paydesk.kit import ids
from paydesk.money.ledger import actions, posting
from paydesk.money.ledger.rules import AccountCode, Item, Kind, Outcome, Result

PLAIN, HOLD, POST = Kind.PLAIN, Kind.HOLD, Kind.POST
VOID, EXPIRE, REVERSAL = Kind.VOID, Kind.EXPIRE, Kind.REVERSAL


def house(brand: str = "topay", currency: str = "CNY") -> UUID:
    """A house account that may go negative: where test money comes from."""
    return actions.open_account(brand=brand, currency=currency, code=AccountCode.PROVIDER_CLEARING)


def wallet(funds: int = 0, *, brand: str = "topay", currency: str = "CNY") -> UUID:
    """A new customer's wallet with `funds` minor units in it."""
    account = actions.open_account(
        brand=brand, currency=currency, code=AccountCode.CUSTOMER_WALLET, owner=ids.uuid7()
    )
    if funds:
        ok(item(house(brand, currency), account, funds))
    return account


def item(debit: UUID, credit: UUID, amount: int, kind: Kind = PLAIN, **more: Any) -> Item:
    """An item with a fresh id and some code."""
    return Item(more.pop("id", None) or ids.uuid7(), kind, debit, credit, amount, 7, **more)


def settle(hold: Item, kind: Kind, amount: int | None = None, **more: Any) -> Item:
    """What posts, voids or expires `hold`."""
    amount = hold.amount if amount is None else amount
    return item(hold.debit, hold.credit, amount, kind, pending_id=hold.id, **more)


def mirror(original: Item, **more: Any) -> Item:
    """What reverses `original`."""
    more.setdefault("pending_id", original.id)
    return item(original.credit, original.debit, original.amount, REVERSAL, **more)


def post(*items: Item, at: datetime | None = None) -> list[Result]:
    """Post one batch, by the server's clock unless `at` says otherwise."""
    return posting.post_batch(items, at)


def ok(*items: Item, at: datetime | None = None) -> list[Result]:
    """Post one batch that must stand."""
    results = post(*items, at=at)
    assert all(result.ok for result in results), results
    return results


def outcomes(results: list[Result]) -> list[Outcome]:
    """What became of each item."""
    return [result.outcome for result in results]
