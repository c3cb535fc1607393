"""A plot of stopped payments by day, then and with other rules, as SVG without any style."""

from collections.abc import Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

WIDTH, HEIGHT, FLOOR, TOP, LEFT = 640, 200, 170, 14, 34
MOST_LABELS = 8


def plot(days: Mapping[str, Mapping[str, int]]) -> SafeString:
    """Two bars a day: what the rules in force did not let pass, and what these would not."""
    most = max([1, *(max(one["now"], one["would"]) for one in days.values())])
    step = (WIDTH - LEFT) / max(len(days), 1)
    bar = max(min(step * 0.36, 22), 1)
    each = -(-len(days) // MOST_LABELS)
    parts = []
    for n, (day, one) in enumerate(sorted(days.items())):
        x = LEFT + n * step + step / 2
        parts.append(_bar(x - bar, bar, one["now"], most, "plot-now", day))
        parts.append(_bar(x, bar, one["would"], most, "plot-would", day))
        if n % each == 0:
            parts.append(
                format_html(
                    '<text x="{}" y="{}" text-anchor="middle">{}</text>',
                    round(x, 1),
                    HEIGHT - 8,
                    day[5:],
                )
            )
    return format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<line x1="{}" y1="{}" x2="{}" y2="{}"></line>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>'
        '<text x="{}" y="{}" text-anchor="end">0</text>{}</svg>',
        WIDTH,
        HEIGHT,
        _("每天没有直接放行的付款：现行规则与这套规则"),
        LEFT,
        FLOOR,
        WIDTH,
        FLOOR,
        LEFT - 6,
        TOP + 8,
        most,
        LEFT - 6,
        FLOOR,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _bar(x: float, width: float, value: int, most: int, css: str, day: str) -> SafeString:
    height = (FLOOR - TOP) * value / most
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>',
        css,
        round(x, 1),
        round(FLOOR - height, 1),
        round(width, 1),
        round(height, 1),
        day,
        value,
    )
