"""Reads of reconciliation: what was expected, settled and is unexplained, by provider and day.

Amounts are minor units, signed from our side. Never writes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Case, Count, F, Q, Sum, When
from django.db.models.functions import Abs, TruncDate

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.payments.accounts import provider_owner
from paydesk.money.payments.models import Attempt
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import Provider
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import AttemptState, Direction, PaymentState
from paydesk.money.reconciliation.models import Difference, Line, PayoutFile, SettlementFile
from paydesk.money.reconciliation.rules import last_due

Key = tuple[date, str, str]  # day, provider, currency
Settled = tuple[date, str, str, int, int, int]


@dataclass(slots=True)
class Day:
    """A provider's day in one currency. `files`: how many were read; `waiting`: not yet."""

    day: date
    provider: str
    currency: str
    expected: int = 0
    expected_count: int = 0
    settled: int = 0
    settled_count: int = 0
    fee: int = 0
    unexplained: int = 0  # sizes added up, whichever way they point
    open: int = 0
    explained: int = 0
    files: int = 0
    waiting: int = 0

    @property
    def proven(self) -> bool:
        """Whether a file was read and nothing is left to explain."""
        return self.files > 0 and self.open == 0


def days(brand: str, since: date, until: date) -> list[Day]:
    """Every provider's days from `since` to `until`, newest first."""
    found: dict[Key, Day] = {}

    def at(day: date, provider: str, currency: str) -> Day:
        key = (day, provider, currency)
        return found.setdefault(key, Day(*key))

    for day, provider, currency, count, total in _booked(brand, since, until):
        one = at(day, provider, currency)
        one.expected, one.expected_count = total, count
    for day, provider, currency, count, total, fee in _settled(brand, since, until):
        one = at(day, provider, currency)
        one.settled, one.settled_count, one.fee = total, count, fee
    for day, provider, currency, size, open_, explained in _differing(brand, since, until):
        one = at(day, provider, currency)
        one.unexplained, one.open, one.explained = size or 0, open_, explained
    files = _files(brand, since, until)
    for one in found.values():
        one.files, one.waiting = files.get((one.day, one.provider), (0, 0))
    return sorted(found.values(), key=lambda one: (one.day, one.provider), reverse=True)


def lacking(brand: str, found: Iterable[Day]) -> dict[str, list[date]]:
    """Days by provider whose file should have come by now and has not, though we booked something:
    whatever is not unexplained there is not proven either."""
    due = last_due(clock.now().astimezone(profiles.get(brand).zone))
    gone: dict[str, set[date]] = {}
    for one in found:
        if one.expected_count and one.day <= due and not one.files and not one.waiting:
            gone.setdefault(one.provider, set()).add(one.day)
    return {provider: sorted(days) for provider, days in sorted(gone.items())}


def _booked(brand: str, since: date, until: date) -> Sequence[tuple[date, str, str, int, int]]:
    zone = profiles.get(brand).zone
    charge = When(direction=Direction.CHARGE, then=F("amount"))
    rows = Attempt.objects.filter(
        brand=brand,
        state=AttemptState.PAID,
        finished_at__gte=datetime.combine(since, time(), zone),
        finished_at__lt=datetime.combine(until + timedelta(days=1), time(), zone),
        provider__in=[one.code for one in reconciled(brand)],
    ).annotate(day=TruncDate("finished_at", tzinfo=zone))
    grouped = rows.values_list("day", "provider", "currency")
    return list(grouped.annotate(n=Count("id"), total=Sum(Case(charge, default=-F("amount")))))


def _settled(
    brand: str, since: date, until: date
) -> Sequence[tuple[date, str, str, int, int, int]]:
    rows = Line.objects.filter(brand=brand, file__day__range=(since, until))
    grouped = rows.values_list("file__day", "file__provider", "currency")
    return list(grouped.annotate(n=Count("id"), total=Sum("amount"), kept=Sum("fee")))


def _differing(
    brand: str, since: date, until: date
) -> Sequence[tuple[date, str, str, int | None, int, int]]:
    explained = Q(state=Difference.State.EXPLAINED)
    rows = Difference.objects.filter(brand=brand, day__range=(since, until))
    grouped = rows.values_list("day", "provider", "currency")
    return list(
        grouped.annotate(
            size=Sum(Abs("amount"), filter=~explained),
            still=Count("id", filter=~explained),
            done=Count("id", filter=explained),
        )
    )


def _files(brand: str, since: date, until: date) -> dict[tuple[date, str], tuple[int, int]]:
    read = Q(state=SettlementFile.State.READ)
    state = SettlementFile.State
    waits = Q(state__in=[state.WAITING, state.READING, state.ASKED])
    rows = SettlementFile.objects.filter(brand=brand, day__range=(since, until))
    counted = rows.values_list("day", "provider").annotate(
        done=Count("id", filter=read), waiting=Count("id", filter=waits)
    )
    return {(day, provider): (done, waiting) for day, provider, done, waiting in counted}


def reconciled(brand: str) -> list[Provider]:
    """The brand's providers that write settlement files."""
    return [one for one in registry.of_brand(brand) if one.capabilities.settlement_files]


def unexplained(brand: str) -> dict[str, int]:
    """What is unexplained now, by currency, all days together; sizes added up."""
    rows = Difference.objects.filter(brand=brand).exclude(state=Difference.State.EXPLAINED)
    return dict(rows.values_list("currency").annotate(size=Sum(Abs("amount"))))


def unexplained_by_day(brand: str, since: date, until: date, currency: str) -> dict[date, int]:
    """What of each day is unexplained now, in minor units of a currency; sizes added up."""
    rows = Difference.objects.filter(brand=brand, day__range=(since, until), currency=currency)
    still = rows.exclude(state=Difference.State.EXPLAINED)
    return dict(still.values_list("day").annotate(size=Sum(Abs("amount"))))


def clearing(brand: str) -> list[tuple[str, str, int]]:
    """Each provider's clearing account: provider, currency and what the provider owes us."""
    found = []
    for provider in reconciled(brand):
        for currency in profiles.get(brand).currencies:
            account = ledger.account_for(
                brand,
                currency,
                AccountCode.PROVIDER_CLEARING,
                owner=provider_owner(provider.code),
            )
            if account:
                found.append((provider.code, currency, -ledger.balance(account).posted))
    return found


def differences(brand: str, provider: str, day: date) -> list[Difference]:
    """A day's differences, those that are open first."""
    rows = Difference.objects.filter(brand=brand, provider=provider, day=day)
    found = rows.select_related("line", "attempt__payment", "asked_by")
    order = {Difference.State.OPEN.value: 0, Difference.State.ASKED.value: 1}
    return sorted(found[:500], key=lambda one: (order.get(one.state, 2), -abs(one.amount)))


def files(brand: str, since: date, until: date) -> list[SettlementFile]:
    """Files of those days, the newest first."""
    rows = SettlementFile.objects.filter(brand=brand, day__range=(since, until))
    return list(rows.defer("sealed").order_by("-id")[:60])


def file(brand: str, file_id: UUID) -> SettlementFile | None:
    """A brand's file, without its content."""
    return SettlementFile.objects.defer("sealed").filter(brand=brand, id=file_id).first()


def difference(brand: str, difference_id: UUID) -> Difference | None:
    """A brand's difference."""
    return Difference.objects.filter(brand=brand, id=difference_id).first()


def payouts_waiting(brand: str) -> dict[str, tuple[int, int]]:
    """Payouts that no file holds yet: how many and how much, by currency."""
    waiting = Attempt.objects.filter(
        brand=brand,
        provider="bank",
        direction=Direction.PAYOUT,
        state__in=[AttemptState.STARTED, AttemptState.UNKNOWN],
        payment__state=PaymentState.PROCESSING,
        payout_order__isnull=True,
    ).exclude(payment__reason=Reason.AMOUNT_DIFFERS)
    sums = waiting.values_list("currency").annotate(n=Count("id"), total=Sum("amount"))
    return {currency: (count, total) for currency, count, total in sums}


def payout_files(brand: str) -> list[PayoutFile]:
    """The newest files of payouts."""
    return list(PayoutFile.objects.filter(brand=brand).order_by("-id")[:10])
