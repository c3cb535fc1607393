"""Reading a settlement file: its lines matched with attempts, what differs listed, money booked.

Goes on in small transactions, so that a long file holds nothing up; run again, it goes on where
it stopped.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments.models import Attempt
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.bank import adapter as bank_adapter
from paydesk.money.payments.providers.credentials import NotConfigured
from paydesk.money.payments.providers.protocol import NotOffered, SettlementLine
from paydesk.money.payments.providers.statements import SettlementUnreadable, Trouble
from paydesk.money.payments.states import AttemptState, Direction
from paydesk.money.reconciliation import booking, sealing
from paydesk.money.reconciliation.actions import agreeing, bank, crediting, match, recheck
from paydesk.money.reconciliation.models import Difference, Line, SettlementFile
from paydesk.money.reconciliation.rules import Cause, Totals

CHUNK = 1000
State = SettlementFile.State


def read(file_id: UUID) -> None:
    """Read a file that was taken in. Harmless to repeat, also after a crash in the middle."""
    file = SettlementFile.objects.get(id=file_id)
    if file.state in {State.READ, State.REFUSED, State.ASKED}:
        return
    try:
        lines = _lines(file)
    except SettlementUnreadable as error:
        _refuse(file, error)
        return
    except (NotConfigured, NotOffered):
        _refuse(file, SettlementUnreadable(Trouble.OTHER_ACCOUNT))
        return
    if lines is None:
        return
    SettlementFile.objects.filter(id=file.id).update(state=State.READING, lines=len(lines))
    rest = iter(enumerate(lines[file.done :], start=file.done + 1))
    while chunk := list(islice(rest, CHUNK)):
        _take(file, chunk)
    _finish(file)
    recheck.recheck(file.brand)
    crediting.explain_credited(file.brand)


def _lines(file: SettlementFile) -> list[SettlementLine] | None:
    """The file's lines. Of a bank's statement, the entries are applied to payments on the way;
    None where that waits for a second person."""
    raw = sealing.unseal(file.id, bytes(file.sealed))
    lines = list(registry.get(file.provider).read_settlement(file.brand, raw))
    currencies = set(profiles.get(file.brand).currencies)
    for number, line in enumerate(lines, start=1):
        if line.currency not in currencies:
            raise SettlementUnreadable(Trouble.CURRENCY, number, line.currency)
    if file.provider != bank_adapter.Bank.code:
        return lines
    entries = bank_adapter.entries(file.brand, raw)
    if agreeing.must_wait(file, raw, entries):
        return None
    known = bank.apply(file.brand, entries)
    return [replace(line, reference=known.get(line.provider_reference)) for line in lines]


@transaction.atomic
def _refuse(file: SettlementFile, error: SettlementUnreadable) -> None:
    file.state, file.trouble = State.REFUSED, error.trouble
    file.trouble_line, file.trouble_what = error.line, error.what
    file.save(update_fields=["state", "trouble", "trouble_line", "trouble_what"])
    audit.record(
        brand=file.brand,
        actor=SYSTEM(file.brand),
        action="reconciliation.refused",
        subject=f"settlement:{file.id}",
        details={"trouble": error.trouble, "line": error.line},
    )


@transaction.atomic
def _take(file: SettlementFile, chunk: Sequence[tuple[int, SettlementLine]]) -> None:
    """Match a run of lines, unless another worker did meanwhile."""
    locked = SettlementFile.objects.select_for_update().get(id=file.id)
    if locked.done != chunk[0][0] - 1 or locked.state != State.READING:
        return
    found = match.match(locked, chunk)
    Line.objects.bulk_create(found.lines)
    Difference.objects.bulk_create(found.differences)
    _late(found.settled)
    locked.done = chunk[-1][0]
    locked.save(update_fields=["done"])


def _late(attempts: Sequence[UUID]) -> None:
    """What was missing there on its own day and is settled now was only late."""
    missing = Difference.objects.filter(
        attempt_id__in=attempts, cause=Cause.MISSING_THERE, state=Difference.State.OPEN
    )
    missing.update(
        cause=Cause.LATE, state=Difference.State.EXPLAINED, explained_at=clock.now(), amount=0
    )


@transaction.atomic
def _finish(file: SettlementFile) -> None:
    """Tell what we booked that day and the file leaves out; take what it settled from clearing."""
    locked = SettlementFile.objects.select_for_update().get(id=file.id)
    if locked.state != State.READING or locked.done != locked.lines:
        return
    Difference.objects.bulk_create(_missing(locked), ignore_conflicts=True)
    sums = match.totals_of(locked)
    booking.settled(locked.brand, locked.provider, sums)
    locked.state, locked.read_at = State.READ, clock.now()
    locked.totals = {currency: _as_json(one) for currency, one in sums.items()}
    locked.save(update_fields=["state", "read_at", "totals"])
    audit.record(
        brand=locked.brand,
        actor=SYSTEM(locked.brand),
        action="reconciliation.read",
        subject=f"settlement:{locked.id}",
        details={"lines": locked.lines, "day": locked.day.isoformat()},
    )


def _as_json(sums: Totals) -> dict[str, int]:
    return {"gross": sums.gross, "fee": sums.fee}


def _missing(file: SettlementFile) -> list[Difference]:
    zone = profiles.get(file.brand).zone
    since = datetime.combine(file.day, time(), zone)
    booked = Attempt.objects.filter(
        brand=file.brand,
        provider=file.provider,
        state=AttemptState.PAID,
        finished_at__gte=since,
        finished_at__lt=datetime.combine(file.day + timedelta(days=1), time(), zone),
    ).exclude(settlement_lines__settles=True)
    return [
        Difference(
            id=ids.uuid7(),
            brand=file.brand,
            provider=file.provider,
            day=file.day,
            cause=Cause.MISSING_THERE,
            attempt_id=attempt.id,
            amount=-match.signed(Direction(attempt.direction), attempt.amount),
            currency=attempt.currency,
            state=Difference.State.OPEN,
        )
        for attempt in booked.iterator(CHUNK)
    ]
