"""QR codes as SVG, from addresses of our own pages. Knows nothing of money."""

import io

import segno
from django.http import HttpResponse


def svg(text: str) -> bytes:
    """The code of a text: dark on white with its quiet zone, for any look of the page."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", scale=6, border=4, dark="#000000", light="#ffffff", xmldecl=False)
    return out.getvalue()


def svg_response(text: str) -> HttpResponse:
    """The code as an image of its own; the policy of pages holds for it too."""
    return HttpResponse(svg(text), content_type="image/svg+xml")
