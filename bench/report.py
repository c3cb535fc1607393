"""The one form of every figure, and the table that people read."""

from collections.abc import Sequence
from typing import Any, TypedDict


class Row(TypedDict):
    """One figure. `ratio` = value / reference; `aim` bounds the ratio, None where there is none.

    `runs`: the rounds whose median `value` and `reference` are.
    """

    name: str
    unit: str
    value: float
    reference: float
    ratio: float
    aim: float | None
    runs: int


HEAD = ("name", "value", "unit", "reference", "ratio", "aim", "runs")


def row(
    name: str, unit: str, value: float, reference: float, *, aim: float | None, runs: int
) -> Row:
    """A row, rounded to what is worth reading."""
    return Row(
        name=name,
        unit=unit,
        value=round(value, 1),
        reference=round(reference, 1),
        ratio=round(value / reference, 2),
        aim=aim,
        runs=runs,
    )


def table(rows: Sequence[Row]) -> str:
    """Plain text, columns aligned."""
    lines = [list(HEAD), *([_text(dict(one)[column]) for column in HEAD] for one in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if n in {0, 2} else text.rjust(width)
            for n, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, float | int) else str(value)
