"""What lets a brand's wallet be installed on a phone: the web app manifest and the brand's mark.

Both come from the profile. Nothing here belongs to a signed-in person.
"""

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language

from paydesk.entry.web import brandstyle
from paydesk.entry.web.requests import BrandRequest

_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">'
    '<rect width="512" height="512" rx="{radius}" fill="{ground}"/>'
    '<text x="256" y="352" font-family="system-ui,sans-serif" font-size="280" font-weight="700"'
    ' text-anchor="middle" fill="{ink}">{letter}</text></svg>'
)


def brand_mark(request: BrandRequest, digest_asked: str) -> HttpResponse:
    """The brand's initial on its colour, as SVG; Http404 under another digest."""
    brand = request.brand
    if digest_asked != brandstyle.digest(brand.code):
        raise Http404
    svg = _MARK.format(
        radius=0 if "maskable" in request.GET else 112,
        ground=brand.colours.brand,
        ink=brand.colours.ink,
        letter=escape(brand.name("en")[0].upper()),
    )
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def web_manifest(request: BrandRequest) -> HttpResponse:
    """The manifest in the reader's language."""
    brand, language = request.brand, get_language() or "zh-hans"
    mark = reverse("brand_mark", args=[brandstyle.digest(brand.code)])
    body = {
        "name": brand.name(language),
        "short_name": brand.name(language),
        "description": brand.text("slogan", language),
        "lang": language,
        "start_url": reverse("wallet_home"),
        "scope": f"{request.door.prefix}/",
        "display": "standalone",
        "background_color": "#f6f5f2",
        "theme_color": brand.colours.brand,
        "icons": [
            {"src": mark, "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            {
                "src": f"{mark}?maskable",
                "sizes": "any",
                "type": "image/svg+xml",
                "purpose": "maskable",
            },
        ],
    }
    response = JsonResponse(body, content_type="application/manifest+json")
    response["Cache-Control"] = "private, max-age=3600"
    return response
