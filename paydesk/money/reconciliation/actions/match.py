"""Matches a run of a file's lines with attempts. Reads, and makes rows; saves none."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.money.payments.models import Attempt
from paydesk.money.payments.providers import credentials, registry
from paydesk.money.payments.providers.protocol import SettlementLine
from paydesk.money.payments.providers.simulated import daybook
from paydesk.money.payments.states import AttemptState, Direction
from paydesk.money.reconciliation.models import Difference, Line, SettlementFile
from paydesk.money.reconciliation.rules import Cause, Ours, Theirs, Totals, Verdict, judge


@dataclass(slots=True)
class Matched:
    """The rows that a run of lines gives, and the attempts that it settles."""

    lines: list[Line] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    settled: list[UUID] = field(default_factory=list)


def match(file: SettlementFile, chunk: Sequence[tuple[int, SettlementLine]]) -> Matched:
    """What each of the numbered lines is."""
    known = _known(file, [line for _, line in chunk])
    rate = _fee_rate(file.brand, file.provider)
    came_back = _came_back([one.attempt for one in known.values()])
    found = Matched()
    for number, line in chunk:
        ours = known.get(_key(line))
        if ours:
            # The same line told again is no second return.
            others = came_back[ours.attempt] - {line.provider_reference}
            ours = replace(ours, returned=bool(others))
        theirs = Theirs(number, line.about, line.amount, line.fee, line.currency)
        verdict = judge(theirs, ours, file.day, rate)
        if ours and verdict.settles:
            known[_key(line)] = replace(ours, settled=True)
            found.settled.append(ours.attempt)
        if ours and not verdict.cause and not verdict.settles:
            came_back[ours.attempt].add(line.provider_reference)
        row = _line(file, number, line, ours, verdict)
        found.lines.append(row)
        if verdict.cause:
            found.differences.append(_difference(file, row, verdict, verdict.cause))
    return found


def totals_of(file: SettlementFile) -> Mapping[str, Totals]:
    """Sums of a file's lines by currency."""
    rows = (
        Line.objects.filter(file=file).values_list("currency").annotate(Sum("amount"), Sum("fee"))
    )
    return {currency: Totals(gross, fee) for currency, gross, fee in rows}


def signed(direction: Direction, amount: int) -> int:
    """An attempt's amount from our side: positive is what the provider then owes us."""
    return amount if direction is Direction.CHARGE else -amount


def _key(line: SettlementLine) -> UUID | str:
    return line.reference or line.provider_reference


def _known(file: SettlementFile, lines: Sequence[SettlementLine]) -> dict[UUID | str, Ours]:
    """What our book knows of the lines' orders, by our reference or by the provider's."""
    attempts = Attempt.objects.filter(brand=file.brand, provider=file.provider)
    ours = [line.reference for line in lines if line.reference]
    theirs = [line.provider_reference for line in lines if not line.reference]
    by_ours = list(attempts.filter(id__in=ours))
    by_theirs = list(attempts.filter(provider_reference__in=[one for one in theirs if one]))
    settled = _settled([one.id for one in by_ours + by_theirs])
    zone = profiles.get(file.brand).zone
    found: dict[UUID | str, Ours] = {}
    for one in by_ours:
        found[one.id] = _ours(one, zone, one.id in settled)
    for one in by_theirs:
        found[one.provider_reference] = _ours(one, zone, one.id in settled)
    return found


def _settled(attempts: Sequence[UUID]) -> set[UUID]:
    """Those that a line settled before, or whose lack of one a person has put right."""
    lines = Line.objects.filter(settles=True, attempt_id__in=attempts)
    written_off = Difference.objects.filter(
        attempt_id__in=attempts, cause=Cause.MISSING_THERE, posted_id__isnull=False
    )
    found = {*lines.values_list("attempt_id", flat=True)}
    return {one for one in found | {*written_off.values_list("attempt_id", flat=True)} if one}


def _came_back(attempts: Sequence[UUID]) -> defaultdict[UUID, set[str]]:
    """The provider's numbers of the lines that brought payouts back in full."""
    lines = Line.objects.filter(
        attempt_id__in=attempts, settles=False, amount__gt=0, difference__isnull=True
    )
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for attempt, number in lines.values_list("attempt_id", "provider_reference"):
        if attempt:
            found[attempt].add(number)
    return found


def _ours(attempt: Attempt, zone: ZoneInfo, settled: bool) -> Ours:
    booked = attempt.finished_at if attempt.state == AttemptState.PAID else None
    return Ours(
        attempt=attempt.id,
        about=attempt.direction,
        amount=signed(Direction(attempt.direction), attempt.amount),
        currency=attempt.currency,
        day=booked.astimezone(zone).date() if booked else None,
        settled=settled,
    )


def _fee_rate(brand: str, provider: str) -> int | None:
    """The agreed fee in hundredths of a percent, where one was written down."""
    if provider == registry.SIMULATED:
        return daybook.FEE_RATE
    if not credentials.configured(provider, brand):
        return None
    rate = credentials.of(provider, brand).get("fee_rate")
    return int(rate) if rate else None


def _line(
    file: SettlementFile, number: int, line: SettlementLine, ours: Ours | None, verdict: Verdict
) -> Line:
    return Line(
        id=ids.uuid7(),
        brand=file.brand,
        file=file,
        number=number,
        provider_reference=line.provider_reference[:64],
        reference=line.reference,
        about=line.about,
        amount=line.amount,
        fee=line.fee,
        currency=line.currency,
        at=line.at,
        attempt_id=ours.attempt if ours else None,
        settles=verdict.settles,
    )


def _difference(file: SettlementFile, row: Line, verdict: Verdict, cause: Cause) -> Difference:
    late = cause is Cause.LATE
    return Difference(
        id=ids.uuid7(),
        brand=file.brand,
        provider=file.provider,
        day=file.day,
        cause=cause,
        line=row,
        attempt_id=row.attempt_id,
        amount=verdict.unexplained,
        currency=row.currency,
        state=Difference.State.EXPLAINED if late else Difference.State.OPEN,
        explained_at=clock.now() if late else None,
    )
