"""QR codes as SVG, from addresses of our own pages. Knows nothing of money."""

import segno
from django.http import HttpResponse

QUIET, SCALE = 4, 6
"""Modules left white around a code, and pixels a module."""


def svg(text: str) -> bytes:
    """The code of a text: dark on white with its quiet zone, for any look of the page."""
    matrix = segno.make(text, error="m", micro=False).matrix
    size = len(matrix) + 2 * QUIET
    runs = [
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, line in enumerate(matrix)
        for x, dark in enumerate(line)
        if dark
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size * SCALE}" height="{size * SCALE}"'
        f' viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path fill="#000" d="{"".join(runs)}"/></svg>'
    ).encode()


def svg_response(text: str) -> HttpResponse:
    """The code as an image of its own; the policy of pages holds for it too."""
    return HttpResponse(svg(text), content_type="image/svg+xml")
