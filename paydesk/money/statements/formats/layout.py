"""How a table lies on paper: columns as wide as what stands in them, and nothing is ever cut.

Text that is free (names, notes) gives way and wraps; where all the rest does not fit either, the
letters become smaller.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paydesk.money.statements.formats.table import Column

SIZES = (7.5, 7.0, 6.5, 6.0, 5.5)
HEAD = 0.5  # how much larger headings are, in points
FREE = 22.0  # free text is given this much (mm) before any other column's letters shrink
_WIDE = "\u2e80"  # from here on scripts break between any two characters


class Ruler(dict[str, float]):
    """Measures text in a face, each character once: mm for a size of one point."""

    def __init__(self, of: Callable[[str], float]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, char: str) -> float:
        self[char] = self._of(char)
        return self[char]

    def width(self, text: str) -> float:
        """The text's width on one line."""
        return sum(map(self.__getitem__, text))


@dataclass(frozen=True, slots=True)
class Layout:
    """The size of the rows' letters in points, and the columns' widths in mm."""

    size: float
    widths: Sequence[float]


def fitted(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    room: float,
    pad: float,
    faces: tuple[Ruler, Ruler],
) -> Layout:
    """Columns for these rows in `room`, each with `pad` in it; the faces of rows and headings."""
    plain, strong = faces
    contents = [
        max(map(plain.width, {row[place] for row in rows}), default=0.0)
        for place in range(len(columns))
    ]
    least: list[float] = []
    size = SIZES[-1]
    for size in SIZES:
        least = [
            max(
                strong.width(max(column.title.split(), key=strong.width, default=""))
                * (size + HEAD),
                min(content * size, FREE) if column.free else content * size,
            )
            + pad
            for column, content in zip(columns, contents, strict=True)
        ]
        if sum(least) <= room:
            break
    wanted = [
        max(strong.width(column.title) * (size + HEAD), content * size) + pad
        for column, content in zip(columns, contents, strict=True)
    ]
    return Layout(size, _spread(least, wanted, room))


def _spread(least: Sequence[float], wanted: Sequence[float], room: float) -> list[float]:
    """The room shared out: first what is needed, then what is wanted, what is left to all."""
    spare, more = room - sum(least), sum(wanted) - sum(least)
    if spare < 0:
        return [width * room / sum(least) for width in least]
    part = min(1.0, spare / more) if more > 0 else 0.0
    widths = [low + (high - low) * part for low, high in zip(least, wanted, strict=True)]
    left = max(0.0, room - sum(widths)) / len(widths)
    return [width + left for width in widths]


def wrapped(text: str, room: float, size: float, face: Ruler) -> list[str]:
    """The text in lines that fit into `room`: between words, inside one that is longer."""
    lines, most = [], room / size + 1e-6
    while len(text) > 1 and face.width(text) > most:
        end, used = 0, 0.0
        while end < len(text) and used + face[text[end]] <= most:
            used += face[text[end]]
            end += 1
        end = max(1, end)
        if end < len(text) and text[end] < _WIDE:
            space = text.rfind(" ", 0, end + 1)
            end = space if space > 0 else end
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*lines, text]
