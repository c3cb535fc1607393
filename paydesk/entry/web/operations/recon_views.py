"""What the reconciliation pages show, as plain values for templates."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from paydesk.brands.spending import Limits
from paydesk.entry.web.operations.recon_forms import ExplainForm
from paydesk.money.reconciliation import texts
from paydesk.money.reconciliation.models import Difference, SettlementFile
from paydesk.money.reconciliation.queries import Day
from paydesk.money.reconciliation.rules import needs_second_person


@dataclass(frozen=True, slots=True)
class DayView:
    """A provider's day with its name; `gap` is what is settled less what was expected. `lacking`:
    its file should have come and has not."""

    day: Day
    name: str
    gap: int
    lacking: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """A clearing account: what the provider owes us now."""

    name: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class FileView:
    """A file and how far it is; `percent` while it is being read."""

    file: SettlementFile
    name: str
    state: str
    trouble: str
    tone: str
    percent: int
    busy: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A difference with words, and the form that explains it where it is still open."""

    row: Difference
    cause: str
    hint: str
    way: str
    number: str
    form: ExplainForm | None
    second: bool
    creditable: bool


@dataclass(frozen=True, slots=True)
class Payouts:
    """Payouts of a currency that wait for a file."""

    currency: str
    count: int
    total: int


def payouts(found: Mapping[str, tuple[int, int]]) -> list[Payouts]:
    """What waits, by currency."""
    return [Payouts(currency, count, total) for currency, (count, total) in found.items()]


def days(found: Iterable[Day], lacking: Mapping[str, Sequence[date]]) -> list[DayView]:
    """Days with names."""
    return [
        DayView(
            day=one,
            name=texts.provider(one.provider),
            gap=one.settled - one.expected,
            lacking=one.day in lacking.get(one.provider, ()),
        )
        for one in found
    ]


def clearing(found: Iterable[tuple[str, str, int]]) -> list[Owed]:
    """Clearing accounts with names."""
    return [Owed(texts.provider(code), currency, amount) for code, currency, amount in found]


def files(found: Iterable[SettlementFile]) -> list[FileView]:
    """Files with words."""
    state = SettlementFile.State
    tones = {state.READ.value: "ok", state.REFUSED.value: "bad"}
    return [
        FileView(
            file=one,
            name=texts.provider(one.provider),
            state=texts.file_state(one.state),
            trouble=texts.trouble(one.trouble, one.trouble_line, one.trouble_what)
            if one.trouble
            else "",
            tone=tones.get(one.state, "warn"),
            percent=100 * one.done // one.lines if one.lines else 0,
            busy=one.state in {state.WAITING, state.READING},
            asked=one.state == state.ASKED,
        )
        for one in found
    ]


def differences(
    found: Iterable[Difference],
    limits: Mapping[str, Limits],
    failed: tuple[UUID, ExplainForm] | None,
    uncredited: Collection[UUID] = (),
) -> list[DifferenceView]:
    """Differences with words and forms. `failed`: the one whose form was not right; `uncredited`:
    payments for which nobody got what was taken."""
    forms = dict([failed]) if failed else {}
    return [
        DifferenceView(
            row=one,
            cause=texts.cause(one.cause),
            hint=texts.hint(one.cause),
            way=texts.way(one.way),
            number=one.attempt.payment.number if one.attempt else "",
            form=forms.get(one.id, ExplainForm(auto_id=f"id_%s_{one.id.hex}"))
            if one.state == Difference.State.OPEN
            else None,
            second=needs_second_person(one.amount, limits[one.currency].agent_refund),
            creditable=bool(one.attempt and one.attempt.payment_id in uncredited),
        )
        for one in found
    ]
