"""What every page's template may use: the brand, the realm, the languages. Fetches no rows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from paydesk.entry.web import brandstyle
from paydesk.entry.web.language import SCHEME_KEY


def page(request: HttpRequest) -> dict[str, Any]:
    """Template variables `brand`, `brand_name`, `brand_style`, `realm`, `languages`, `lang`,
    `scheme` ("light", "dark" or "" for the system's), `demo`, `home_url`, `live_url` (the event
    stream) and `cursor` (from where it goes on).
    """
    brand = getattr(request, "brand", None)
    language = get_language() or settings.LANGUAGE_CODE
    session = getattr(request, "session", None)
    door = getattr(request, "door", None)
    return {
        "brand": brand,
        "brand_name": brand.name(language) if brand else "Paydesk",
        "brand_style": brandstyle.digest(brand.code) if brand else "",
        "realm": getattr(request, "realm", None),
        "languages": settings.LANGUAGES,
        "lang": language,
        "html_lang": "zh-Hans" if language.startswith("zh") else language,
        "scheme": session.get(SCHEME_KEY, "") if session is not None else "",
        "demo": settings.DEMO,
        "cursor": getattr(request, "cursor", ""),
        "home_url": f"{door.prefix}/" if door else "/",
        "live_url": f"{door.prefix}/live" if door else "",
    }
