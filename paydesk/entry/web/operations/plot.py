"""A bar chart as plain numbers for an SVG in a template: no script, no inline style."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT, FLOOR = 640, 120, 100
_LEAST = 2  # a bar that is there can be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's bar; `x` to `height` in the chart's own units."""

    day: date
    value: int
    x: float
    y: float
    width: float
    height: float
    label_x: float
    labelled: bool


def bars(values: Mapping[date, int], since: date, until: date) -> list[Bar]:
    """A bar for every day from `since` to `until`; the highest fills the chart."""
    count = (until - since).days + 1
    step, most = WIDTH / count, max(values.values(), default=0)
    found = []
    for nth in range(count):
        day = since + timedelta(days=nth)
        value = values.get(day, 0)
        height = max(_LEAST, value / most * (FLOOR - 10)) if value else 0
        x = nth * step
        labelled = nth % max(1, count // 7) == 0
        found.append(
            Bar(
                day,
                value,
                round(x + step * 0.2, 1),
                round(FLOOR - height, 1),
                round(step * 0.6, 1),
                round(height, 1),
                round(x + step / 2, 1),
                labelled,
            )
        )
    return found
