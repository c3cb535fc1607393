"""The brand's colours as a stylesheet whose name carries its content, so that it never goes stale.

The policy forbids inline style; this is how a profile's colours reach the page. Decides no colour
by itself except the two grounds of the balance card, which are checked to keep text readable.
"""

from functools import cache
from hashlib import sha256

from django.http import Http404, HttpResponse

from paydesk.brands import profiles
from paydesk.brands.contrast import READABLE, ratio
from paydesk.brands.profile import Colours
from paydesk.entry.web.requests import BrandRequest

_NIGHT = "#0d1220"
_WHITE = "#ffffff"


def _mix(one: str, other: str, part: float) -> str:
    """`part` of colour `one`, the rest of `other`."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a * part + b * (1 - part)):02x}" for a, b in pairs)


def hero(brand: str, ink: str) -> tuple[str, str]:
    """The two ends of the balance card's ground, both readable under `ink`.

    The far end leans away from the ink; both lean further until the contrast holds.
    """
    away = _NIGHT if ratio(ink, _NIGHT) > ratio(ink, _WHITE) else _WHITE
    return _until_readable(brand, ink, away), _until_readable(_mix(brand, away, 0.62), ink, away)


def _until_readable(ground: str, ink: str, away: str) -> str:
    while ratio(ink, ground) < READABLE:
        ground = _mix(ground, away, 0.9)
    return ground


@cache
def stylesheet(colours: Colours) -> str:
    """The stylesheet of a brand's colours, light and dark."""
    light_near, light_far = hero(colours.brand, colours.ink)
    dark_near, dark_far = hero(_mix(colours.dark_brand, _NIGHT, 0.4), _WHITE)
    return (
        ":root{"
        f"--brand:light-dark({colours.brand},{colours.dark_brand});"
        f"--brand-ink:light-dark({colours.ink},{colours.dark_ink});"
        f"--hero-a:light-dark({light_near},{dark_near});"
        f"--hero-b:light-dark({light_far},{dark_far});"
        f"--hero-ink:light-dark({colours.ink},{_WHITE})"
        "}\n"
    )


@cache
def digest(code: str) -> str:
    """What names the present stylesheet of a brand in its address."""
    return sha256(stylesheet(profiles.get(code).colours).encode()).hexdigest()[:12]


def brand_style(request: BrandRequest, digest_asked: str) -> HttpResponse:
    """The stylesheet, cacheable for ever under its own digest; Http404 under any other."""
    brand = request.brand
    if digest_asked != digest(brand.code):
        raise Http404
    response = HttpResponse(stylesheet(brand.colours), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
