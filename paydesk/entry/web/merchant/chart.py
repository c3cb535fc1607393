"""The plot of what was taken on each of the last days: bars as plain numbers for an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from paydesk.kit.money import format_amount
from paydesk.money.orders.queries import Day

WIDTH, HEIGHT, GAP = 600, 140, 4
FOOT = 18


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where its bar stands, and what it says."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars and the words around them."""

    bars: list[Bar]
    first: str
    last: str
    most: str
    total: str
    count: int


def plot(days: Sequence[Day], currency: str) -> Plot:
    """A plot of days, oldest first; amounts in minor units of `currency`."""
    most = max((day.amount for day in days), default=0)
    step = WIDTH / max(len(days), 1)
    room = HEIGHT - FOOT
    bars = []
    for n, day in enumerate(days):
        height = room * day.amount / most if most else 0
        height = max(height, 2.0) if day.amount else 1.0
        label = f"{day.day:%m-%d} · {format_amount(day.amount, currency)} · {day.count}"
        bars.append(
            Bar(round(n * step, 1), round(room - height, 1), round(step - GAP, 1),
                round(height, 1), label)
        )  # fmt: skip
    return Plot(
        bars=bars,
        first=f"{days[0].day:%m-%d}" if days else "",
        last=f"{days[-1].day:%m-%d}" if days else "",
        most=format_amount(most, currency),
        total=format_amount(sum(day.amount for day in days), currency),
        count=sum(day.count for day in days),
    )
