"""Which days of a provider have a file, as a strip of days; and those that lack one, in a line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from paydesk.money.reconciliation import texts
from paydesk.money.reconciliation.queries import Day
from paydesk.money.reconciliation.rules import spans


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in the strip. `state`: proven, differs, reading, lacking, ahead or quiet; `leads`:
    whether the day has a page."""

    day: date
    state: str
    said: str
    leads: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """A provider's days, oldest first; `lacking` in words, empty where no file is missing."""

    provider: str
    name: str
    cells: Sequence[Cell]
    count: int
    lacking: str


def strips(
    found: Iterable[Day], lacking: Mapping[str, Sequence[date]], since: date, until: date
) -> list[Strip]:
    """A strip for every provider with money or a file in these days."""
    held: dict[str, dict[date, list[Day]]] = {}
    for one in found:
        held.setdefault(one.provider, {}).setdefault(one.day, []).append(one)
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    return [
        Strip(
            provider=provider,
            name=texts.provider(provider),
            cells=[_cell(day, by_day.get(day, []), lacking.get(provider, ())) for day in days],
            count=len(lacking.get(provider, ())),
            lacking=in_words(lacking.get(provider, ())),
        )
        for provider, by_day in sorted(held.items())
    ]


def in_words(days: Iterable[date]) -> str:
    """Days as a short list, runs as one: 11-03, 11-05 to 11-08."""
    said = []
    for first, last in spans(days):
        ends = {"first": f"{first:%m-%d}", "last": f"{last:%m-%d}"}
        said.append(ends["first"] if first == last else _("%(first)s 至 %(last)s") % ends)
    return _("、").join(said)


def _cell(day: date, found: Sequence[Day], lacking: Sequence[date]) -> Cell:
    state = _state(day, found, lacking)
    words = {
        "proven": _("已对平"),
        "differs": _("有差异"),
        "reading": _("正在读取"),
        "lacking": _("没有文件"),
        "ahead": _("文件未到时间"),
        "quiet": _("没有款项"),
    }
    return Cell(day, state, words[state], bool(found))


def _state(day: date, found: Sequence[Day], lacking: Sequence[date]) -> str:
    if any(one.open for one in found):
        return "differs"
    if day in lacking:
        return "lacking"
    if any(one.waiting for one in found):
        return "reading"
    if any(one.files for one in found):
        return "proven"
    return "ahead" if found else "quiet"
