"""What every page's template may use: the brand, the realm, the languages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Template variables `brand`, `realm`, `languages` and `demo`."""
    return {
        "brand": getattr(request, "brand", None),
        "realm": getattr(request, "realm", None),
        "languages": settings.LANGUAGES,
        "demo": settings.DEMO,
    }
