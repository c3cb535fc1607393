"""A wallet's month, proved: opening balance, every entry, closing balance, and a hash over them.

Nothing is taken on trust: the entries must lead from the opening to the closing balance one by
one, without a gap in their sequence, and both balances are the ledger's own of those moments.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import Entry
from paydesk.money.payments import accounts
from paydesk.money.statements.models import MonthClosed
from paydesk.money.statements.rules import next_month, starts
from paydesk.people.models import Customer

PAGE = 5_000
_MOMENT = timedelta(microseconds=1)


class NoSuchMonth(LookupError):
    """The customer has no wallet in that currency, or the month is not over yet."""


class MonthDoesNotAddUp(RuntimeError):
    """The ledger's entries do not prove the balances, or not those of an earlier statement."""


@dataclass(frozen=True, slots=True)
class Month:
    """A proved month. Amounts are minor units; `entries` are oldest first, reservations left out
    (they move nothing)."""

    account: UUID
    currency: str
    first_day: date
    last_day: date
    opening: int
    credited: int
    debited: int
    closing: int
    entries: Sequence[Entry]
    sha256: str


def close(customer: Customer, currency: str, first_day: date) -> Month:
    """The month that begins on `first_day`, recorded the first time and compared ever after.

    Raises NoSuchMonth, MonthDoesNotAddUp.
    """
    month = prove(customer, currency, first_day)
    with transaction.atomic():
        known, _ = MonthClosed.objects.get_or_create(
            account_id=month.account,
            first_day=first_day,
            defaults={
                "id": ids.uuid7(),
                "brand": customer.brand,
                "customer": customer,
                "currency": currency,
                "opening": month.opening,
                "credited": month.credited,
                "debited": month.debited,
                "closing": month.closing,
                "entries": len(month.entries),
                "sha256": month.sha256,
                "closed_at": clock.now(),
            },
        )
    if known.sha256 != month.sha256:
        raise MonthDoesNotAddUp(f"{known} was closed with another hash")
    return month


def prove(customer: Customer, currency: str, first_day: date) -> Month:
    """The month from the ledger alone; writes nothing. Raises as `close`."""
    zone = profiles.get(customer.brand).zone
    begins, ends = starts(first_day, zone), starts(next_month(first_day), zone)
    account = accounts.wallet(customer, currency)
    if account is None or first_day.day != 1 or ends > clock.now():
        raise NoSuchMonth(f"{first_day} {currency}")
    opening = ledger.balance_at(account, begins - _MOMENT).posted
    closing = ledger.balance_at(account, ends - _MOMENT).posted
    entries = _entries(account, begins, ends)
    _follow(entries, opening, closing)
    moved = [entry for entry in entries if entry.amount]
    return Month(
        account=account,
        currency=currency,
        first_day=first_day,
        last_day=next_month(first_day) - timedelta(days=1),
        opening=opening,
        credited=sum(entry.amount for entry in moved if entry.amount > 0),
        debited=-sum(entry.amount for entry in moved if entry.amount < 0),
        closing=closing,
        entries=moved,
        sha256=seal(account, currency, first_day, opening, closing, moved),
    )


def seal(
    account: UUID, currency: str, first: date, opening: int, closing: int, moved: Sequence[Entry]
) -> str:
    """SHA-256 over the statement: one JSON line for its head, one an entry, newline after each.

    Whoever holds the file can recompute it from the lines alone.
    """
    digest = hashlib.sha256()
    head = [str(account), currency, first.isoformat(), opening, closing]
    lines = ([str(e.transfer_id), e.sequence, e.at.isoformat(), e.amount, e.posted] for e in moved)
    for line in (head, *lines):
        digest.update(json.dumps(line, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()


def _entries(account: UUID, begins: datetime, ends: datetime) -> list[Entry]:
    """The account's entries from `begins` to before `ends`, oldest first."""
    found: list[Entry] = []
    before = None
    while page := ledger.entries(account, before=before, since=begins, limit=PAGE):
        found += [entry for entry in page if entry.at < ends]
        before = page[-1].transfer_id
    return found[::-1]


def _follow(entries: Sequence[Entry], opening: int, closing: int) -> None:
    """Go from entry to entry. Raises MonthDoesNotAddUp."""
    balance, sequence = opening, None
    for entry in entries:
        if sequence is not None and entry.sequence != sequence + 1:
            raise MonthDoesNotAddUp(f"between entries {sequence} and {entry.sequence}")
        if entry.posted != balance + entry.amount:
            raise MonthDoesNotAddUp(f"entry {entry.sequence}")
        balance, sequence = entry.posted, entry.sequence
    if balance != closing:
        raise MonthDoesNotAddUp(f"closing {closing} instead of {balance}")
